/** `drs submit FILE` */

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RemoteSubmission } from '../remote-submission.js';
import { actingUser, requireAccountName } from './acting-user.js';
import { CommandError } from './failure.js';
import { findByName } from './find-record.js';
import { follow } from './follow.js';
import { withInstance } from './instance.js';
import { printRecord, type JsonFlag } from './print.js';
import { readPassword, type PasswordFlags } from './read-password.js';

/** The options of the command. */
export interface SubmitFlags extends PasswordFlags, JsonFlag {
  server: string;
  interpreter: string;
  directory?: string;
  follow?: boolean;
  title?: string;
  owner?: string;
  username?: string;
  /** The path of a private key. */
  key?: string;
  /** Seconds. */
  timeout?: number;
  results?: string[];
}

/** Makes a job of a file and submits it. Resolves to the exit code. */
export async function submit(file: string, flags: SubmitFlags): Promise<number> {
  const program = await readProgram(file);
  const owner = flags.owner ?? requireAccountName('--owner');
  const key = flags.key === undefined ? {} : await readKey(flags.key);
  const password = await readPassword(flags, `${flags.username ?? owner} on ${flags.server}`);
  return withInstance(async (drs) => {
    const jobId = await createJob(drs, { ...flags, owner, program, filename: basename(file) });
    const options = {
      ...(flags.username === undefined ? {} : { username: flags.username }),
      ...(password === undefined ? {} : { password }),
      ...key,
      ...actingUser(),
    };
    const submission = await drs.submitJob(jobId, options).catch(async (error: unknown) => {
      // Nobody knows its number. One that was submitted all the same is kept: it is under way.
      await drs.jobs.delete(jobId, actingUser()).catch(() => undefined);
      throw error;
    });
    if (flags.follow) return follow(drs, submission);
    const { attempt, status } = submission;
    return printRecord(flags, { jobId, attempt, status }, `job ${jobId} attempt ${attempt} submitted\n`);
  });
}

async function readProgram(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8 text' : (error as Error).message;
    throw new CommandError(`Cannot read the program ${file}: ${reason}.`, error);
  }
}

/** The key, and its passphrase from the environment: never from argv. */
export async function readKey(path: string): Promise<{ privateKey: string; passphrase?: string }> {
  const passphrase = process.env['DRS_PASSPHRASE'];
  try {
    return { privateKey: await readFile(path, 'utf8'), ...(passphrase ? { passphrase } : {}) };
  } catch (error) {
    throw new CommandError(`Cannot read the private key ${path}: ${(error as Error).message}.`, error);
  }
}

async function createJob(
  drs: RemoteSubmission,
  options: SubmitFlags & { owner: string; program: string; filename: string },
): Promise<number> {
  const { Interpreter, Server } = drs.models;
  const servers = (await Server.findAll()).map(({ id, title }) => ({ id, label: title }));
  const interpreters = (await Interpreter.findAll()).map(({ id, name }) => ({ id, label: name }));
  const input = {
    title: options.title ?? options.filename,
    program: options.program,
    remoteDirectory: options.directory,
    remoteFilename: options.filename,
    owner: options.owner,
    ownerUsername: options.owner,
    serverId: findByName('server', options.server, servers).id,
    interpreterId: findByName('interpreter', options.interpreter, interpreters).id,
    timeoutMs: options.timeout === undefined ? null : Math.ceil(options.timeout * 1000),
    storeResults: options.results ?? null,
  };
  return (await drs.jobs.create(input, actingUser())).id;
}
