/** `drs test SERVER` */

import { stepWords, type TestStep } from '../protocol/connection-steps.js';
import { actingUser, requireAccountName } from './acting-user.js';
import { exitCodes } from './exit-code.js';
import { findServer } from './find-server.js';
import { withInstance } from './instance.js';
import { readPassword, type PasswordFlags } from './read-password.js';
import { readKey } from './submit.js';

/** The options of the command. */
export interface TestFlags extends PasswordFlags {
  username?: string;
  /** The path of a private key. */
  key?: string;
  json?: boolean;
}

/** Prints each step. Resolves to 0 when all went well. @throws CommandError, DrsError `credentials_missing` */
export async function testServer(server: string, flags: TestFlags): Promise<number> {
  const username = flags.username ?? requireAccountName('--username');
  const key = flags.key === undefined ? {} : await readKey(flags.key);
  const password = await readPassword(flags, `${username} on ${server}`);
  return withInstance(async (drs) => {
    const signIn = { username, ...key, ...(password === undefined ? {} : { password }) };
    const serverId = await findServer(drs, server);
    const { isOk, steps } = await drs.servers.testConnection(serverId, { ...signIn, ...actingUser() });
    const told = steps.map((step) => ({ name: step.name, isOk: step.isOk, message: step.message }));
    const text = flags.json ? JSON.stringify({ isOk, steps: told }) : steps.map(describeStep).join('\n');
    process.stdout.write(`${text}\n`);
    return isOk ? 0 : exitCodes.failed;
  });
}

function describeStep({ name, isOk, message, ms }: TestStep): string {
  const time = ms === null ? '' : ` (${Math.round(ms)} ms)`;
  return `${isOk ? 'ok    ' : 'FAILED'}  ${stepWords[name]}: ${message}${time}`;
}
