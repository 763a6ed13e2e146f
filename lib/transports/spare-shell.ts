/** A shell that has greeted before anybody asks for it: the next script need not wait for a login shell. */

import type { SshShell } from './ssh-shell.js';

/** Holds at most one for its connection. It counts as nobody's script, and lasts a while only. */
export class SpareShell {
  readonly #open: () => SshShell;
  readonly #keepMs: number;
  #shell: SshShell | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** The server has no room for it, or ends it by itself. */
  #isUnwelcome = false;

  constructor({ open, keepMs }: { open: () => SshShell; keepMs: number }) {
    this.#open = open;
    this.#keepMs = keepMs;
  }

  /** Asks for one, unless there is one. */
  make(): void {
    if (this.#shell || this.#isUnwelcome || this.#keepMs <= 0) return;
    const shell = this.#open();
    this.#shell = shell;
    this.#timer = setTimeout(() => this.drop(), this.#keepMs);
    this.#timer.unref();
    shell.whenGone(() => {
      if (this.#shell !== shell) return;
      this.#isUnwelcome = true;
      this.take();
    });
  }

  /** It is the caller's from now on; it may not have greeted yet. */
  take(): SshShell | null {
    const shell = this.#shell;
    this.#shell = null;
    clearTimeout(this.#timer);
    if (!shell?.hasEnded) return shell;
    this.#isUnwelcome = true;
    shell.close();
    return null;
  }

  holds(shell: SshShell): boolean {
    return this.#shell === shell;
  }

  /** Hangs up on it. */
  drop(): void {
    this.take()?.close();
  }
}
