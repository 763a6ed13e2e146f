/** Programs whose every byte is known beforehand. */

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface KnownProgram {
  /** Python. It appends to the file `startsFile` when it starts. */
  text: string;
  stdout: Buffer;
  stderr: Buffer;
  exitCode: number;
  /** Contents of the results by name. */
  results: Map<string, Buffer>;
}

/** A program that prints for about half a second (times `pace`) to both streams, and makes files of several sizes. */
export function knownProgram(random: () => number, startsFile: string, pace = 1): KnownProgram {
  const steps = Array.from({ length: 8 + Math.floor(random() * 8) }, () => ({
    stream: random() < 0.7 ? 1 : 2,
    bytes: someBytes(random),
    waitSeconds: random() < 0.5 ? 0 : random() * 0.12 * pace,
  }));
  const files = [
    { name: 'small.txt', period: someBytes(random), size: 20 },
    { name: 'deep/er/größe %s.bin', period: someBytes(random), size: 1 + Math.floor(random() * 70_000) },
    { name: 'large.bin', period: someBytes(random), size: 600_000 + Math.floor(random() * 3_000_000) },
    { name: 'empty', period: someBytes(random), size: 0 },
  ];
  const exitCode = random() < 0.8 ? 0 : 1 + Math.floor(random() * 100);
  const of = (stream: number) =>
    Buffer.concat(steps.filter((step) => step.stream === stream).map(({ bytes }) => bytes));
  return {
    text: programText({ steps, files, exitCode, startsFile }),
    stdout: of(1),
    stderr: of(2),
    exitCode,
    results: new Map(files.map(({ name, period, size }) => [name, Buffer.alloc(size, period)])),
  };
}

/** Text, long lines, or bytes that are no text. */
function someBytes(random: () => number): Buffer {
  const kind = random();
  if (kind < 0.5) return Buffer.from(`a line – größer als ASCII 😀 ${random()}\n`);
  if (kind < 0.7) return Buffer.from(`no end of line ${random()}`);
  const size = 1 + Math.floor(random() * (kind < 0.9 ? 200 : 90_000));
  return Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)));
}

interface Parts {
  steps: { stream: number; bytes: Buffer; waitSeconds: number }[];
  files: { name: string; period: Buffer; size: number }[];
  exitCode: number;
  startsFile: string;
}

function programText({ steps, files, exitCode, startsFile }: Parts): string {
  const written = steps.map(({ stream, bytes, waitSeconds }) => [
    stream,
    bytes.toString('base64'),
    waitSeconds,
  ]);
  const made = files.map(({ name, period, size }) => [name, period.toString('base64'), size]);
  return `
import base64, json, os, sys, time
with open(${JSON.stringify(startsFile)}, 'a') as starts: starts.write('x')
def write(stream, content):
    while content: content = content[os.write(stream, content):]
for stream, content, wait in json.loads(${JSON.stringify(JSON.stringify(written))}):
    write(stream, base64.b64decode(content))
    time.sleep(wait)
for name, period, size in json.loads(${JSON.stringify(JSON.stringify(made))}):
    if os.path.dirname(name): os.makedirs(os.path.dirname(name), exist_ok=True)
    period = base64.b64decode(period)
    with open(name, 'wb') as file: file.write((period * (size // len(period) + 1))[:size])
sys.exit(${exitCode})
`;
}
