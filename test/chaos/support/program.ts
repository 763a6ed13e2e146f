/** Programs whose every byte is known beforehand. */

import { actMark, actedMark, acts, type Act, type Kind } from './acts.js';

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
  kind: Kind;
  /** Python. It appends to the file `startsFile` when it starts. */
  text: string;
  /** Files to be put into its directory before the start, with times of 2001. */
  before: Map<string, Buffer>;
  stdout: Buffer;
  stderr: Buffer;
  exitCode: number;
  /** Contents of the results by name. */
  results: Map<string, Buffer>;
}

export interface ProgramOptions {
  /** Where it counts its starts: outside of its directory. */
  startsFile: string;
  /** Default: a plain one. */
  kind?: Kind;
  /** How slow it is. Default 1: about half a second, and as long for what it does beside printing. */
  pace?: number;
}

/** A program that prints to both streams, acts as its kind does, and makes files of several sizes. */
export function knownProgram(
  random: () => number,
  { startsFile, kind = 'plain', pace = 1 }: ProgramOptions,
): KnownProgram {
  const act = kind === 'plain' ? null : acts[kind](random);
  const steps = [
    ...someSteps(random, pace),
    ...(act ? stepsOf(act, random) : []),
    ...someSteps(random, pace),
  ];
  const files = [
    { name: 'small.txt', period: someBytes(random), size: 20 },
    { name: 'deep/er/größe %s.bin', period: someBytes(random), size: 1 + Math.floor(random() * 70_000) },
    { name: 'large.bin', period: someBytes(random), size: 600_000 + Math.floor(random() * 3_000_000) },
    { name: 'empty', period: someBytes(random), size: 0 },
  ];
  const exitCode = random() < 0.8 ? 0 : 1 + Math.floor(random() * 100);
  const of = (stream: 'stdout' | 'stderr') => Buffer.concat(steps.map((step) => step[stream]));
  const made = files.map(({ name, period, size }) => [name, Buffer.alloc(size, period)] as const);
  return {
    kind,
    text: programText({ steps, files, exitCode, startsFile, act }),
    before: contents(act?.before),
    stdout: of('stdout'),
    stderr: of('stderr'),
    exitCode,
    // Where its directory is gone, nothing can be brought.
    results: new Map(kind === 'moving its directory' ? [] : [...made, ...contents(act?.results)]),
  };
}

const contents = (files: Record<string, string> = {}): Map<string, Buffer> =>
  new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));

/** What it prints, and how long it waits then. Where it acts, the act itself prints. */
interface Step {
  stdout: Buffer;
  stderr: Buffer;
  waitSeconds: number;
  isAct: boolean;
}

const nothing = Buffer.alloc(0);
const silent: Step = { stdout: nothing, stderr: nothing, waitSeconds: 0, isAct: false };

function someSteps(random: () => number, pace: number): Step[] {
  return Array.from({ length: 4 + Math.floor(random() * 4) }, () => ({
    ...silent,
    [random() < 0.7 ? 'stdout' : 'stderr']: someBytes(random),
    waitSeconds: random() < 0.5 ? 0 : random() * 0.12 * pace,
  }));
}

/** So slowly that a worker can be lost at each moment of it. */
function stepsOf(act: Act, random: () => number): Step[] {
  return [
    { ...silent, stdout: Buffer.from(actMark), waitSeconds: 0.1 + random() * 0.4 },
    {
      stdout: Buffer.from(act.stdout ?? ''),
      stderr: Buffer.from(act.stderr ?? ''),
      waitSeconds: 0.1 + random() * 0.4,
      isAct: true,
    },
    { ...silent, stdout: Buffer.from(actedMark) },
  ];
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
  steps: Step[];
  files: { name: string; period: Buffer; size: number }[];
  exitCode: number;
  startsFile: string;
  act: Act | null;
}

function programText({ steps, files, exitCode, startsFile, act }: Parts): string {
  const written = steps.map(({ stdout, stderr, waitSeconds, isAct }) =>
    isAct
      ? ['', '', waitSeconds, true]
      : [stdout.toString('base64'), stderr.toString('base64'), waitSeconds, false],
  );
  const made = files.map(({ name, period, size }) => [name, period.toString('base64'), size]);
  return `
import base64, json, os, shutil, subprocess, sys, time
startsFile = ${JSON.stringify(startsFile)}
with open(startsFile, 'a') as starts: starts.write('x')
def write(stream, content):
    while content: content = content[os.write(stream, content):]
def act():
    pass
${(act?.python ?? '').replace(/^(?=.)/gm, '    ')}
def make_files():
    for name, period, size in json.loads(${JSON.stringify(JSON.stringify(made))}):
        if os.path.dirname(name): os.makedirs(os.path.dirname(name), exist_ok=True)
        period = base64.b64decode(period)
        with open(name, 'wb') as file: file.write((period * (size // len(period) + 1))[:size])
${act?.isLast ? 'make_files()' : ''}
for stdout, stderr, wait, is_act in json.loads(${JSON.stringify(JSON.stringify(written))}):
    write(1, base64.b64decode(stdout))
    write(2, base64.b64decode(stderr))
    if is_act: act()
    time.sleep(wait)
${act?.isLast ? '' : 'make_files()'}
sys.exit(${exitCode})
`;
}
