/** The password of a submit: from the environment, the standard input or the keyboard, never from argv. */

import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { CommandError } from './failure.js';

/** Where the password comes from. */
export interface PasswordFlags {
  askPassword?: boolean;
  passwordStdin?: boolean;
}

/** The password, or undefined when the app's own key is to be used. @throws CommandError */
export async function readPassword(flags: PasswordFlags, who: string): Promise<string | undefined> {
  if (flags.passwordStdin) return (await text(process.stdin)).replace(/\r?\n$/, '');
  if (flags.askPassword) return ask(`Password of ${who}: `);
  return process.env['DRS_PASSWORD'] || undefined;
}

function ask(question: string): Promise<string> {
  const { stdin: input, stderr } = process;
  if (!input.isTTY)
    throw new CommandError('There is no keyboard to ask. Use DRS_PASSWORD or --password-stdin.');
  // readline takes the terminal's echo away, and echoes to its output, which swallows it.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output, terminal: true });
  // Asked only now: what is typed before would be shown.
  stderr.write(question);
  return new Promise((resolve, reject) => {
    lines.once('line', resolve);
    lines.once('close', () => reject(new CommandError('No password was given.')));
  }).finally(() => {
    lines.close();
    stderr.write('\n');
  }) as Promise<string>;
}
