/** Jobs on a real sshd, their starts counted outside of what they may reach. */

import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RemoteSubmission, RemoteSubmissionOptions, SubmitOptions } from '../../lib/index.js';
import { atEnd, shared } from '../support/cleanup.js';
import { makeJob, testInstance, type JobFixture } from '../support/instance.js';
import type { SshdUser } from '../support/sshd.js';
import type { InstanceOf } from '../support/types.js';
import { until } from '../worker/support.js';

/** Where a job goes, and as whom. */
export interface Place {
  hostname: string;
  port: number;
  user: Pick<SshdUser, 'username' | 'password'>;
}

/** How a job ended, and what came of it. */
export interface Seen {
  status: string;
  failureReason: string | null;
  exitCode: number | null;
  signal: string | null;
  message: string | null;
  stdout: string;
  stderr: string;
  /** Names of the results, sorted. */
  files: string[];
  /** How often the program began. */
  starts: number;
}

/** A job under way. */
export interface ShellJob {
  job: InstanceOf<'Job'>;
  starts(): Promise<number>;
  /** Resolves when that was printed and is stored. */
  printed(words: string): Promise<void>;
  /** Resolves to the message once it has these words. */
  noted(words: string): Promise<string>;
  /** Resolves when it has ended. */
  seen(): Promise<Seen>;
}

/** What is asked besides, and of the job itself. */
type Changes = SubmitOptions & { fixture?: Partial<JobFixture> };

/** An instance with a worker, and jobs for it. */
export interface ShellJobs {
  drs: RemoteSubmission;
  /** Stops its worker; another one takes over. */
  changeWorker(meanwhile?: () => void): Promise<void>;
  /** The program is for `sh`, in a directory and a control root that others share. */
  submit(place: Place, program: string, changes?: Changes): Promise<ShellJob>;
  run(place: Place, program: string, changes?: Changes): Promise<Seen>;
}

/** A folder that every account may write in, as `/tmp` is. */
export const openFolder = shared(async () => {
  const path = await mkdtemp(join(tmpdir(), 'drs-open-'));
  atEnd(() => rm(path, { recursive: true, force: true }));
  await chmod(path, 0o1777);
  return path;
});

let count = 0;

/** Something that programs wait for: a file, shell that waits for it, and what lets it go on. */
export async function gate(): Promise<{ file: string; wait: string; open(): Promise<void> }> {
  count += 1;
  const file = join(await openFolder(), `gate-${count}`);
  return { file, wait: `while ! [ -e ${file} ]; do sleep 0.05; done`, open: () => writeFile(file, '') };
}

export async function shellJobs(own: Partial<RemoteSubmissionOptions> = {}): Promise<ShellJobs> {
  const drs = await testInstance(own);
  let worker = await drs.work();
  const changeWorker: ShellJobs['changeWorker'] = async (meanwhile) => {
    await worker.stop();
    meanwhile?.();
    worker = await drs.work();
  };
  const submit: ShellJobs['submit'] = async (
    { hostname, port, user },
    program,
    { fixture = {}, ...options } = {},
  ) => {
    count += 1;
    const startsFile = join(await openFolder(), `starts-${count}`);
    const isShell = fixture.interpreter === undefined;
    const job = await makeJob(drs, {
      interpreter: { path: 'sh' },
      server: { hostname, port },
      remoteFilename: 'job.sh',
      ...fixture,
      program: isShell ? `echo s >>${startsFile}\n${program}\n` : program,
    });
    const { username, password } = user;
    const { finished } = await drs.submitJob(job.id, { username, password, ...options });
    const starts = () => startsIn(startsFile);
    return {
      ...{ job, starts },
      async printed(words) {
        const where = { jobId: job.id };
        await until(async () =>
          (await drs.models.Log.findAll({ where })).some(({ content }) => content.includes(words)),
        );
      },
      noted: (words) =>
        until(async () => ((await job.reload()).message ?? '').includes(words) && job.message),
      seen: async () => see(drs, { job, outcome: await finished(), starts: await starts() }),
    };
  };
  return { drs, changeWorker, submit, run: async (...args) => (await submit(...args)).seen() };
}

async function startsIn(file: string): Promise<number> {
  return (await readFile(file, 'utf8').catch(() => '')).length / 2;
}

interface Ended {
  job: InstanceOf<'Job'>;
  outcome: Pick<Seen, 'exitCode' | 'signal'> & { status: string; failureReason: string | null };
  starts: number;
}

async function see(drs: RemoteSubmission, { job, outcome, starts }: Ended): Promise<Seen> {
  const rows = await drs.models.Log.findAll({ where: { jobId: job.id }, order: ['seq'] });
  const output = (name: string) =>
    Buffer.concat(rows.filter(({ stream }) => stream === name).map(({ content }) => content)).toString();
  const results = await drs.models.Result.findAll({ where: { jobId: job.id } });
  const { status, failureReason, exitCode, signal } = outcome;
  const { message } = await job.reload();
  return {
    ...{ status, failureReason, exitCode, signal, message, starts },
    ...{ stdout: output('stdout'), stderr: output('stderr') },
    files: results.map(({ remoteFilename }) => remoteFilename).sort(),
  };
}
