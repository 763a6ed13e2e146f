/** Passes on files that come one after the other, as tar or one by one. */

import { PassThrough, type Readable } from 'node:stream';
import { takeTar } from './take-tar.js';
import type { FetchRequest, FoundFile } from './scheduler.js';

/** How they are passed on. */
interface Taking extends Pick<FetchRequest, 'onFile'> {
  /** No more is wanted. */
  stop(): void;
}

/** The next file, or tar, begins when `onFile` is through with the one before. */
export class FileStreams {
  /** Names of files that came in the size that they were listed with, and were taken. */
  readonly whole = new Set<string>();
  readonly #onFile: FetchRequest['onFile'];
  readonly #stop: () => void;
  /** In the order that they come in. */
  readonly #files: readonly FoundFile[];
  readonly #expected: Map<string, FoundFile>;
  #next = 0;
  #single: { file: FoundFile; bytes: number } | null = null;
  #current: PassThrough | null = null;
  #taken: Promise<void> = Promise.resolve();
  #failure: { reason: unknown } | null = null;
  #isBroken = false;

  constructor(files: readonly FoundFile[], { onFile, stop }: Taking) {
    this.#files = files;
    this.#expected = new Map(files.map((file) => [file.name, file]));
    this.#onFile = onFile;
    this.#stop = stop;
  }

  /** What is written now is tar. */
  beginTar(): void {
    const tar = this.#open();
    this.#after(() => takeTar(tar, (name, size, content) => this.#take(name, size, content)));
  }

  /** What is written now is the next file. */
  beginFile(): void {
    const file = this.#files[this.#next];
    this.#next += 1;
    if (file === undefined) return;
    const content = this.#open();
    const single = { file, bytes: 0 };
    this.#single = single;
    this.#after(() =>
      this.#take(file.name, file.size, content).catch((error: unknown) => {
        if (single.bytes === file.size) throw error;
      }),
    );
  }

  write(bytes: Buffer): void | Promise<void> {
    const stream = this.#current;
    if (stream === null || stream.destroyed) return;
    let piece = bytes;
    if (this.#single !== null) {
      const { file, bytes: before } = this.#single;
      this.#single.bytes += bytes.length;
      piece = bytes.subarray(0, Math.max(0, file.size - before));
    }
    if (stream.write(piece)) return;
    return new Promise((resolve) => {
      const resume = (): void => {
        stream.off('drain', resume).off('close', resume);
        resolve();
      };
      stream.on('drain', resume).on('close', resume);
    });
  }

  /** What was begun is complete. A file of another size than it was listed with is none. */
  end(): void {
    const [stream, single] = [this.#current, this.#single];
    this.#current = this.#single = null;
    if (single !== null && single.bytes !== single.file.size) {
      stream?.destroy(new Error('The file changed while it was read.'));
    } else stream?.end();
  }

  /** Nothing more comes. Whoever is at a file fails by that, which is no failure of its own. */
  destroy(): void {
    this.#isBroken = true;
    this.#current?.destroy(new Error('The server broke off within a file.'));
  }

  /** Resolves when nothing is under way any more. @throws what `onFile` threw */
  async settled(): Promise<void> {
    await this.#taken;
    if (this.#failure !== null) throw this.#failure.reason;
  }

  #open(): PassThrough {
    const stream = new PassThrough({ highWaterMark: 1024 * 1024 });
    stream.on('error', () => undefined);
    this.#current = stream;
    return stream;
  }

  #after(task: () => Promise<void>): void {
    this.#taken = this.#taken.then(task).catch((reason: unknown) => {
      if (!this.#isBroken) this.#failure ??= { reason };
      this.#current?.destroy();
      this.#stop();
    });
  }

  /** Takes a file that was asked for, once, and no other: the server may send what it likes. */
  async #take(name: string, size: number, content: Readable): Promise<void> {
    const file = this.#expected.get(name);
    if (this.#failure === null && file !== undefined && file.size === size) {
      this.#expected.delete(name);
      await this.#onFile(file, content);
      this.whole.add(name);
    }
    content.resume();
  }
}
