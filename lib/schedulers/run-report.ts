/** What run.sh says at the end of an attempt. */

import { DrsError } from '../errors.js';

/** How an attempt ended on its server, or why it did not begin. */
export type RunReport =
  | RunEnd
  | { kind: 'copied'; path: string }
  | { kind: 'refused'; what: 'directory' | 'interpreter' | 'program'; detail: string }
  | { kind: 'lost'; detail: string };

/** The program ran, and this is how it ended. */
export interface RunEnd {
  kind: 'ended';
  /** As the shell gives it: 128 + n for signal n. */
  code: number;
  reason: 'exit' | 'timeout' | 'cancel';
  /** Such as `SIGTERM`, where the code means one. A program's own `exit 143` cannot be told from it. */
  signal: string | null;
  /** Bytes that the program wrote. */
  sizes: { stdout: number; stderr: number };
  /** Paths below the directory, of files made or changed. */
  files: string[];
  /** There were so many that the rest of their names was not read. */
  isCut: boolean;
}

/**
 * @param lines the marked lines of standard output
 * @param answer `body`: what came between the lines `exit` and `done`: sizes as `wc` prints them, then NUL-ended names
 * @throws DrsError `script_broken` when the report is not complete
 */
export function parseReport(
  lines: readonly string[],
  { body, isCut }: { body: Buffer; isCut: boolean },
): RunReport {
  const [word, ...fields] = (lines.find((line) => /^(exit|refused|lost|copied) /.test(line)) ?? '').split(
    ' ',
  );
  if (word === 'refused') return refusal(fields);
  if (word === 'copied') return { kind: 'copied', path: fields.join(' ') };
  if (word === 'lost') return { kind: 'lost', detail: fields.join(' ') };
  if (word !== 'exit' || lines.at(-1) !== 'done') {
    throw new DrsError('script_broken', 'The server broke off before it said how the program ended.');
  }
  const [exitCode, reason, name = ''] = fields;
  const code = Number(exitCode);
  return {
    kind: 'ended',
    code,
    reason: reason === 'timeout' || reason === 'cancel' ? reason : 'exit',
    signal: code > 128 && name !== '' ? `SIG${name.replace(/^SIG/, '')}` : null,
    ...parseBody(body),
    isCut,
  };
}

function refusal([what, ...detail]: string[]): RunReport {
  const known = what === 'directory' || what === 'interpreter' ? what : 'program';
  return { kind: 'refused', what: known, detail: detail.join(' ') };
}

/** `wc` prints a line for out, one for err and one for both, then come the names. */
function parseBody(body: Buffer): Pick<RunEnd, 'sizes' | 'files'> {
  const sizes: number[] = [];
  let at = 0;
  for (let line = 0; line < 3; line += 1) {
    const end = body.indexOf(0x0a, at);
    sizes.push(Number.parseInt(body.toString('latin1', at, end), 10) || 0);
    at = end + 1;
  }
  return { sizes: { stdout: sizes[0] ?? 0, stderr: sizes[1] ?? 0 }, files: splitNames(body.subarray(at)) };
}

/** NUL-ended paths without the leading `./`. A name that is not UTF-8 cannot be told to anyone: it is left where it is. */
export function splitNames(bytes: Buffer): string[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const names: string[] = [];
  for (let from = 0, to = bytes.indexOf(0); to >= 0; from = to + 1, to = bytes.indexOf(0, from)) {
    try {
      names.push(decoder.decode(bytes.subarray(from, to)).replace(/^\.\//, ''));
    } catch {
      continue;
    }
  }
  return names;
}
