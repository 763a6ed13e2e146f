/** Waits until a script has greeted, and gives it its text; tells in the server's own words why it did not greet. */

import { endOf, OutputTail } from './output-tail.js';
import type { RemoteScript, ScriptEnd } from './session.js';
import type { Starter } from './starter.js';
import { passwordExpired, shellRefused, shellSilent, type Account } from './transport-problems.js';

/** A login shell whose start-up files lie on a slow share takes its time. */
export const defaultGreetingMs = 60_000;

/** The words of a server that a message shows. */
const mostCharacters = 400;

/** Finds the hello in a stream: what comes before is a login shell's words, what comes after is output. */
export class HelloSearch {
  readonly #words = new OutputTail(mostCharacters);
  readonly #hello: Buffer;
  #held: Buffer = Buffer.alloc(0);
  #isFound = false;
  #onFound = (): void => undefined;

  constructor(hello: Buffer) {
    this.#hello = hello;
  }

  get isFound(): boolean {
    return this.#isFound;
  }

  /** Called once, before what follows is given out. */
  whenFound(onFound: () => void): void {
    if (this.#isFound) onFound();
    else this.#onFound = onFound;
  }

  /** Which of these bytes are output. */
  output(bytes: Buffer): Buffer {
    if (this.#isFound) return bytes;
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const at = all.indexOf(this.#hello);
    if (at < 0) {
      const held = Math.min(all.length, this.#hello.length - 1);
      this.#words.add(all.subarray(0, all.length - held));
      this.#held = Buffer.from(all.subarray(all.length - held));
      return Buffer.alloc(0);
    }
    this.#isFound = true;
    this.#words.add(all.subarray(0, at));
    this.#onFound();
    return all.subarray(at + this.#hello.length);
  }

  /** The last words before the hello. Call it when no more is awaited. */
  said(): string {
    if (!this.#isFound) this.#words.add(this.#held);
    this.#held = Buffer.alloc(0);
    return this.#words.text;
  }
}

/** One search for each stream. */
export interface Hello {
  stdout: HelloSearch;
  stderr: HelloSearch;
}

export function searchHello({ hello }: Starter): Hello {
  return { stdout: new HelloSearch(hello.stdout), stderr: new HelloSearch(hello.stderr) };
}

interface Awaited {
  /** Written when the hello has come, in the same tick. */
  text?: Buffer;
  hello: Hello;
  /** When nothing more comes, whether or not somebody reads. */
  over: Promise<ScriptEnd>;
  account: Account;
  greetingMs: number;
}

/**
 * Resolves when the hello has come and the text was written behind it.
 * @throws TransportError `shell_refused` | `shell_silent` | `auth_refused`, or what `end` or `over` rejects with
 */
export async function greet(
  script: RemoteScript & { close(reason?: unknown): void },
  { text, hello, over, account, greetingMs }: Awaited,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const said = () => endOf(`${hello.stdout.said()} ${hello.stderr.said()}`.trim(), mostCharacters);
  try {
    await new Promise<void>((resolve, reject) => {
      hello.stdout.whenFound(() => {
        if (text) script.stdin.write(text);
        resolve();
      });
      over.then((end) => reject(refusal(account, end, said())), reject);
      script.end.catch(reject);
      timer = setTimeout(() => reject(shellSilent(account, greetingMs, said())), greetingMs);
    });
  } catch (error) {
    script.close(error);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

const expired = /password (?:has )?expired|password change required|required to change your password/i;

function refusal(account: Account, end: ScriptEnd, words: string): Error {
  return expired.test(words) ? passwordExpired(account, words) : shellRefused(account, end, words);
}
