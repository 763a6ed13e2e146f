/** How a job is read where its program is not needed: that may have megabytes. */

export const withoutProgram = { attributes: { exclude: ['program'] } };
