/** Tries what the scripts of the direct scheduler need of a server, without running a job. */

import { randomBytes } from 'node:crypto';
import type { Session } from '../transports/session.js';
import { callScript, readScript, type CallOptions } from './script-call.js';
import type { TriedCommands, TriedDirectory, TryOptions } from './tried-server.js';

const needed = ['mkdir', 'chmod', 'ln', 'rm', 'mv', 'mkfifo', 'cat', 'head', 'wc', 'ls', 'sleep'];
/** Other ways are taken where one of these is not there. */
const used = ['tee', 'tail', 'find', 'stat', 'tar', 'xargs', 'dd', 'cksum', 'setsid'];

/** Runs commands.sh. @throws TransportError; DrsError `script_broken` */
export async function tryCommands(
  session: Session,
  { script, interpreters }: { script: string; interpreters: readonly { name: string; path: string }[] },
  options: TryOptions & Pick<CallOptions, 'silence'>,
): Promise<TriedCommands> {
  const args = [[...needed, ...used].join(' '), ...interpreters.map(({ path }) => path)];
  const lines = await linesOf(session, script, { args, ...options });
  const missing = lines.flatMap(([word, rest]) => (word === 'missing' ? [rest] : []));
  const found = lines.filter(([word]) => word === 'found' || word === 'none');
  return {
    missing: needed.filter((name) => missing.includes(name)),
    doneWithout: used.filter((name) => missing.includes(name)),
    interpreters: interpreters.map(({ name, path }, index) => {
      const [word, where = ''] = found[index] ?? [];
      return { name, asked: path, path: word === 'found' ? where || path : null };
    }),
  };
}

/** Runs try-root.sh. @throws TransportError; DrsError `script_broken` */
export async function tryDirectory(
  session: Session,
  { script, preferred }: { script: string; preferred: string | null },
  options: TryOptions & Pick<CallOptions, 'silence'>,
): Promise<TriedDirectory> {
  const args = [preferred ?? '', randomBytes(16).toString('hex')];
  const lines = await linesOf(session, script, { args, ...options });
  const said = new Map(lines);
  return { path: said.get('root') || null, why: said.get('none') ?? said.get('why') ?? null };
}

/** The lines that a script says, each as its first word and the rest. */
async function linesOf(
  session: Session,
  script: string,
  options: CallOptions,
): Promise<(readonly [string, string])[]> {
  const call = await callScript(session, script, options);
  call.script.stdin.end();
  const lines: (readonly [string, string])[] = [];
  await readScript(call, {
    onLine(stream, line) {
      const [word = ''] = line.split(' ', 1);
      if (stream === 'stdout') lines.push([word, line.slice(word.length + 1)]);
    },
  });
  return lines;
}
