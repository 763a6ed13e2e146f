/** What is written down of an attempt's life: where it is prepared, who watches over it, and how it ended. */

/** The folder on a server that holds the control directories of an account. `id` tells it from any other at its path. */
export interface ControlRoot {
  /** 128 random bits as hex, made once with the folder. */
  id: string;
  /** Absolute. */
  path: string;
}

/** Who watches over a program that was started, and where. */
export interface Began {
  /** `<host name>:<boot id>:<start time of process 1>`: tells a reboot, another login node, another container. */
  machine: string;
  /** Process id of the wrapper there, and its start time as the machine counts it. */
  pid: number;
  since: string;
  /** How files that were there before are told from results. */
  listing: FilesBefore;
}

/**
 * `made`: the working directory was made for the attempt; `listed`: the control directory holds a list of what was
 * there; `cut`: so does it, but not all. `time`: seconds since 1970 by the clock of that file system.
 */
export interface FilesBefore {
  kind: 'made' | 'listed' | 'cut' | 'none';
  time: number;
}

/** The program has ended, as its wrapper wrote it down. */
export interface Ended {
  /** As the shell gives it: 128 + n for signal n. */
  code: number;
  reason: 'exit' | 'timeout' | 'cancel';
  /** Such as `SIGTERM`, where the code means one. A program's own `exit 143` cannot be told from it. */
  signal: string | null;
  /** Bytes that the program wrote. */
  sizes: { stdout: number; stderr: number };
  notes: readonly EndNote[];
}

/** What a wrapper notes about an end. */
export const endNotes = [
  /** Something that the program left behind still held its output open: what it prints later is not stored. */
  'open',
  /** Some of its output could not be written down over there, as on a full disk. */
  'torn',
  /** What holds the output was removed, emptied or replaced while it ran: what was not read before is gone. */
  'wiped',
  /** Another folder lies where its directory was. */
  'moved',
] as const;

export type EndNote = (typeof endNotes)[number];
