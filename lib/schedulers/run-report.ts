/** What run.sh and copy.sh say at the end. */

import { DrsError } from '../errors.js';
import { endNotes, type Began, type Ended, type FilesBefore } from '../protocol/attempt-records.js';

/** How an attempt ended on its server, why it did not begin, or why nobody can tell from here. */
export type RunReport =
  | RunEnd
  | { kind: 'copied'; path: string }
  /** Refused before anything ran. `space`: nothing could be written, which may pass. */
  | {
      kind: 'refused';
      what: 'directory' | 'interpreter' | 'interpreter-file' | 'program' | 'space';
      detail: string;
    }
  /** It was decided that it never begins. */
  | { kind: 'never'; why: 'cancel' | 'refused'; detail: string }
  | { kind: 'lost'; detail: string }
  /** Its control root does not lie here. Nothing is known; nothing was started. */
  | { kind: 'elsewhere'; detail: string }
  /** It runs on another machine behind the same address. */
  | { kind: 'away'; machine: string };

/** The program ran, and this is how it ended. */
export interface RunEnd {
  kind: 'ended';
  ended: Ended;
  /** Nothing was made or changed in its directory. */
  isUntouched: boolean;
}

/**
 * @param lines the marked lines of standard output
 * @throws DrsError `report_broken` when it is not complete
 */
export function parseReport(lines: readonly string[]): RunReport {
  const line = lines.find((one) => /^(exit|refused|never|lost|copied|elsewhere|away) /.test(one)) ?? '';
  const [word, ...fields] = line.split(' ');
  const detail = fields.join(' ');
  if (word === 'refused') return refusal(fields);
  if (word === 'copied') return { kind: 'copied', path: detail };
  if (word === 'elsewhere') return { kind: 'elsewhere', detail };
  if (lines.at(-1) !== 'done') throw brokenOff();
  if (word === 'never') return decidedNever(fields);
  if (word === 'lost') return { kind: 'lost', detail };
  if (word === 'away') return { kind: 'away', machine: detail };
  if (word === 'exit')
    return { kind: 'ended', ended: endOf(fields), isUntouched: lines.includes('untouched') };
  throw brokenOff();
}

/** @param fields machine, process id, start time, and how files are told from results where that is known there */
export function beganOf(fields: readonly string[], known: Began | null): Began {
  const [machine = '', pid = '', since = '', kind, time] = fields;
  return { machine, pid: Number(pid), since, listing: known?.listing ?? filesBefore(kind, time) };
}

/** What is not known is decided by time, and said. */
export function filesBefore(kind: string | undefined, time: string | undefined): FilesBefore {
  const isKnown = kind === 'made' || kind === 'listed' || kind === 'cut' || kind === 'none';
  return { kind: isKnown ? kind : 'cut', time: Number(time) || 0 };
}

function endOf([exitCode, reason, name = '', out, err, ...notes]: readonly string[]): Ended {
  const code = Number(exitCode);
  return {
    code,
    reason: reason === 'timeout' || reason === 'cancel' ? reason : 'exit',
    signal: signalOf(code, name),
    sizes: { stdout: Number(out) || 0, stderr: Number(err) || 0 },
    notes: endNotes.filter((note) => notes.includes(note)),
  };
}

/** Some shells answer codes that are no signals with a number, or with the name of a real-time one. */
function signalOf(code: number, name: string): string | null {
  const plain = name.replace(/^SIG/, '');
  const isSignal =
    code > 128 && code <= 128 + 64 && /^[A-Z][A-Z0-9]{0,15}$/.test(plain) && !plain.startsWith('RT');
  return isSignal ? `SIG${plain}` : null;
}

const refusals = ['directory', 'interpreter', 'interpreter-file', 'space'] as const;

function refusal([what, ...detail]: readonly string[]): RunReport {
  const known = refusals.find((one) => one === what) ?? 'program';
  return { kind: 'refused', what: known, detail: detail.join(' ').trim() };
}

function decidedNever([why, ...detail]: readonly string[]): RunReport {
  return { kind: 'never', why: why === 'refused' ? 'refused' : 'cancel', detail: detail.join(' ').trim() };
}

function brokenOff(): DrsError {
  return new DrsError('report_broken', 'The server broke off before it said how the program ended.');
}
