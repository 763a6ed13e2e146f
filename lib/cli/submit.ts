/** `drs submit FILE` */

import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import type { RemoteSubmission, Submission } from '../remote-submission.js';
import { actingUser } from './acting-user.js';
import { exitCodeOf, exitCodes, isProgramsOwnEnd } from './exit-code.js';
import { CommandError } from './failure.js';
import { findByName } from './find-record.js';
import { followOutput } from './follow-output.js';
import { withInstance } from './instance.js';
import { readPassword, type PasswordFlags } from './read-password.js';

/** The options of the command. */
export interface SubmitFlags extends PasswordFlags {
  server: string;
  interpreter: string;
  directory: string;
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
  const owner = flags.owner ?? userInfo().username;
  const key = flags.key === undefined ? {} : await readKey(flags.key);
  const password = await readPassword(flags, `${flags.username ?? owner} on ${flags.server}`);
  return withInstance(async (drs) => {
    const jobId = await createJob(drs, { ...flags, owner, program, filename: basename(file) });
    const submission = await drs.submitJob(jobId, {
      ...(flags.username === undefined ? {} : { username: flags.username }),
      ...(password === undefined ? {} : { password }),
      ...key,
      ...actingUser(),
    });
    if (flags.follow) return follow(drs, submission);
    process.stdout.write(`job ${jobId} attempt ${submission.attempt} submitted\n`);
    return 0;
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
  const { Interpreter, Job, Server } = drs.models;
  const servers = (await Server.findAll()).map(({ id, title }) => ({ id, label: title }));
  const interpreters = (await Interpreter.findAll()).map(({ id, name }) => ({ id, label: name }));
  const job = await Job.create({
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
  });
  return job.id;
}

/** Prints the output until the job has ended, or until Ctrl-C: then the job goes on without a viewer. */
async function follow(drs: RemoteSubmission, submission: Submission): Promise<number> {
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt);
  try {
    const output = { stdout: process.stdout, stderr: process.stderr };
    const how = await followOutput(drs, submission, { ...output, signal: interrupt.signal });
    if (how === 'output closed') return exitCodes.outputClosed;
    if (how === 'stopped') {
      const { jobId } = submission;
      process.stderr.write(`drs: job ${jobId} goes on. \`drs cancel ${jobId}\` ends it.\n`);
      return exitCodes.interrupted;
    }
    if (!isProgramsOwnEnd(how)) await sayWhy(drs, submission.jobId);
    return exitCodeOf(how);
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
  }
}

async function sayWhy(drs: RemoteSubmission, jobId: number): Promise<void> {
  const job = await drs.models.Job.findByPk(jobId);
  const state = [job?.status, job?.failureReason].filter(Boolean).join(', ');
  process.stderr.write(`drs: job ${jobId}: ${state}. ${job?.message ?? ''}`.trimEnd() + '\n');
}
