/** What a scheduler finds on a server when its connection is tested. */

/** How something is tried: a login shell that waits is given up after `greetingMs`. */
export interface TryOptions {
  signal?: AbortSignal;
  greetingMs?: number;
}

/** What is there of the commands that a scheduler uses, and of interpreters. */
export interface TriedCommands {
  /** Nothing can be started without these. */
  missing: string[];
  /** Done without, by other means. */
  doneWithout: string[];
  /** `path`: where it is; null: it is not there, or is no program. */
  interpreters: { name: string; asked: string; path: string | null }[];
}

/** Where the control root is. */
export interface TriedDirectory {
  /** Null: none can be had. */
  path: string | null;
  /** In the server's words, why it is not where it is wanted, or why there is none; null: it is where it is wanted. */
  why: string | null;
}
