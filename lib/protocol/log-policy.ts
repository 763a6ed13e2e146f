/** What happens to the output of a program. */

export const LogPolicy = {
  /** Output is not stored. */
  none: 'none',
  /** Each chunk is stored and announced as it is printed. */
  live: 'live',
  /** The whole output is stored once, after the end. */
  total: 'total',
} as const;

/** What happens to the output of a program: `none`, `live` (default) or `total`. */
export type LogPolicy = (typeof LogPolicy)[keyof typeof LogPolicy];

export const logPolicies = Object.values(LogPolicy);

export const streams = ['stdout', 'stderr'] as const;

/** The stream of a program that a chunk of output came from. */
export type Stream = (typeof streams)[number];
