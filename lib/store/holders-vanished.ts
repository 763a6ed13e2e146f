/** How much it tells of an attempt that its holders vanish in a row, and nothing comes of it. */

/** Of a holder that vanished before its first sign of life. One that lived on for a while tells 1. */
export const vanishedAtOnce = 4;

/** From so much on the attempt may be what ends them: nobody takes it any more. */
export const mostVanished = 3 * vanishedAtOnce;
