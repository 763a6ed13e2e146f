/** A running application, and the ways into it: host code, REST, the panel, and the command. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import request, { type Response } from 'supertest';
import { defaultAuthorize, type RemoteSubmission, type RemoteSubmissionOptions } from '../../lib/index.js';
import type { Announcement } from '../../lib/protocol/events.js';
import type { User } from '../../lib/protocol/records.js';
import { internalsOf } from '../../lib/internals.js';
import { admin, makeInstance, scientist, serve } from '../admin/support/panel-app.js';
import { runDrs } from '../cli/drs-process.js';
import { makeServer } from '../domain/support.js';
import { testDatabase } from '../support/postgres.js';
import { testRedis } from '../support/redis.js';
import { temporaryFolder } from '../support/temporary-folder.js';

export { admin, scientist };

/** What somebody is told. */
export interface Told {
  /** Of the job, where one was made. */
  id?: number;
  /** In words; null: it was done. */
  refusal: string | null;
  /** Its code, where this way tells one. */
  code?: string;
  /** What is wrong with each field, as a sentence. */
  problems: Record<string, string>;
}

type Value = string | number | boolean | null | undefined | readonly string[];
type Values = Readonly<Record<string, Value>>;

/** What can be done with jobs by one way in; `drs` has no command for some of it. */
export interface JobDoor {
  create(input: Values): Promise<Told>;
  update?(id: number, changes: Values): Promise<Told>;
  remove?(id: number): Promise<Told>;
  submit?(id: number, options: Values): Promise<Told>;
  copy?(id: number, options: Values): Promise<Told>;
  retry(id: number, options: Values): Promise<Told>;
  cancel(id: number): Promise<Told>;
  requeue(id: number): Promise<Told>;
}

/** An application with all of it, on services that the command can use too. */
export interface Site {
  drs: RemoteSubmission;
  url: string;
  env: NodeJS.ProcessEnv;
  target: { serverId: number; interpreterId: number };
}

/** Everybody may enter the panel; the rest is by the default rules. */
export async function startSite(options: RemoteSubmissionOptions = {}): Promise<Site> {
  const databaseUrl = await testDatabase();
  const redisUrl = await testRedis();
  const secret = 'a secret of the tests';
  const drs = await makeInstance({
    databaseUrl: options.sequelize ? undefined : databaseUrl,
    queue: undefined,
    redisUrl,
    secret,
    authorize: (user, action, record) =>
      (user !== null && action === 'panel:enter') || defaultAuthorize(user, action, record),
    ...options,
  });
  const env = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, DRS_SECRET: secret };
  return { drs, url: await serve(drs), env, target: await makeServer(drs) };
}

/** Each way in, as somebody; whoever types the command is the one who looks after the machine. */
export const doors = {
  'host code': ({ drs }: Site, as: User): JobDoor => ({
    create: (input) => toldBy(drs.jobs.create(input as never, { as })),
    update: (id, changes) => toldBy(drs.jobs.update(id, changes, { as })),
    remove: (id) => toldBy(drs.jobs.delete(id, { as })),
    submit: (id, options) => toldBy(drs.submitJob(id, { ...(options as object), as })),
    copy: (id, options) => toldBy(drs.copyJob(id, { ...(options as object), as })),
    retry: (id, options) => toldBy(drs.retryJob(id, { ...(options as object), as })),
    cancel: (id) => toldBy(drs.cancelJob(id, { as })),
    requeue: (id) => toldBy(drs.requeueJob(id, { as })),
  }),
  REST: ({ url }: Site, { username }: User): JobDoor => {
    const ask = async (method: 'post' | 'patch' | 'delete', path: string, body?: object): Promise<Told> =>
      toldByRest(await request(url)[method](`/drs/jobs${path}`).set('x-user', username).send(body));
    return {
      create: (input) => ask('post', '', input),
      update: (id, changes) => ask('patch', `/${id}`, changes),
      remove: (id) => ask('delete', `/${id}`),
      submit: (id, options) => ask('post', `/${id}/submit`, options),
      copy: (id, options) => ask('post', `/${id}/copy`, options),
      retry: (id, options) => ask('post', `/${id}/retry`, options),
      cancel: (id) => ask('post', `/${id}/cancel`, {}),
      requeue: (id) => ask('post', `/${id}/requeue`, {}),
    };
  },
  panel: ({ url, drs }: Site, { username }: User): JobDoor => {
    const post = (path: string) =>
      request(url).post(`/admin/api/resources/drs-jobs/${path}`).set('x-user', username);
    const act =
      (action: string) =>
      async (id: number, options: Values = {}): Promise<Told> =>
        toldByOutcome(await post(`records/${id}/${action}`).send(options));
    return {
      create: async (input) => toldByForm(await post('actions/new').field(fieldsOf(input))),
      update: async (id, changes) => {
        const { title, program, remoteDirectory, remoteFilename, serverId, interpreterId } =
          await drs.jobs.get(id);
        const form = { title, program, remoteDirectory, remoteFilename, serverId, interpreterId, ...changes };
        return toldByForm(await post(`records/${id}/edit`).field(fieldsOf(form)));
      },
      remove: async (id) => toldByForm(await post(`records/${id}/delete`)),
      submit: act('submit'),
      copy: act('copy'),
      retry: act('retry'),
      cancel: act('cancel'),
      requeue: act('requeue'),
    };
  },
  command: ({ env }: Site): JobDoor => {
    const run = (args: string[], more = {}): Promise<Told> => toldByCommand(args, { ...env, ...more });
    const withPassword = ({ password }: Values) =>
      typeof password === 'string' ? { DRS_PASSWORD: password } : {};
    return {
      create: async (input) => run(await submitArguments(input), { DRS_PASSWORD: 'x' }),
      retry: (id, options) => run(['retry', String(id)], withPassword(options)),
      cancel: (id) => run(['cancel', String(id)]),
      requeue: (id) => run(['requeue', String(id)]),
    };
  },
} as const;

/** The name of a way in. */
export type DoorName = keyof typeof doors;

export const doorNames = Object.keys(doors) as DoorName[];

/** Those where people are told apart. */
export const personalDoors = ['host code', 'REST', 'panel'] as const;

/** What is announced to all processes while something is done. */
export async function announcedBy(
  drs: RemoteSubmission,
  act: () => Promise<unknown>,
): Promise<Announcement[]> {
  const { bus } = internalsOf(drs);
  const heard: Announcement[] = [];
  let turn = 0;
  let onProbe: (turn: number) => void = () => undefined;
  const unsubscribe = bus.subscribe((news) => {
    if (news.type === 'retire' && news.hostname === 'probe.example') onProbe(news.port);
    else heard.push(news);
  });
  // What was announced before is heard before.
  const settled = (): Promise<void> => {
    const port = (turn += 1);
    return new Promise((resolve) => {
      const probe = () => bus.publish({ type: 'retire', hostname: 'probe.example', port });
      const timer = setInterval(probe, 50);
      onProbe = (number) => {
        if (number !== port) return;
        clearInterval(timer);
        resolve();
      };
      probe();
    });
  };
  await settled();
  heard.length = 0;
  await act();
  await settled();
  unsubscribe();
  return heard;
}

function toldBy(call: Promise<unknown>): Promise<Told> {
  return call.then(
    (answer) => ({ id: (answer as { id?: number } | undefined)?.id, refusal: null, problems: {} }),
    (error: Error & { code?: string; problems?: Problem[] }) => ({
      refusal: error.message,
      code: error.code,
      problems: problemsOf(error.problems),
    }),
  );
}

interface Problem {
  path: string;
  message: string;
}

/** The panel shows what is wrong with one of a list beside the list. */
function problemsOf(problems: readonly Problem[] = []): Record<string, string> {
  return Object.fromEntries(
    problems.map(({ path, message }) => [
      path.replace(/\.\d+$/, ''),
      message.charAt(0).toUpperCase() + message.slice(1),
    ]),
  );
}

function toldByRest({ status, body }: Response): Told {
  const { id, detail, code, problems } = body as {
    id?: number;
    detail: string;
    code: string;
    problems?: Problem[];
  };
  if (status < 300) return { id, refusal: null, problems: {} };
  return { refusal: detail, code, problems: problemsOf(problems) };
}

function toldByOutcome({ body }: Response): Told {
  const { outcomes, notice } = body as {
    outcomes?: { isDone: boolean; message: string; code?: string }[];
    notice?: { message: string };
  };
  const [outcome] = outcomes ?? [];
  if (outcome?.isDone === true) return { refusal: null, problems: {} };
  const { message = notice?.message ?? '', code } = outcome ?? {};
  return { refusal: message, code, problems: {} };
}

function toldByForm({ body }: Response): Told {
  const { record, notice } = body as {
    record?: { params: { id: number }; errors: Record<string, { message: string }> };
    notice: { type: string; message: string };
  };
  const refusal = notice.type === 'success' ? null : notice.message;
  const errors = Object.entries(record?.errors ?? {}).map(([path, { message }]) => [path, message] as const);
  return { id: Number(record?.params.id), refusal, problems: Object.fromEntries(errors) };
}

async function toldByCommand(args: string[], env: NodeJS.ProcessEnv): Promise<Told> {
  const { code, stdout, stderr } = await runDrs(args, env);
  if (code === 0) return { id: Number(/^job (\d+)/.exec(stdout)?.[1]), refusal: null, problems: {} };
  return { refusal: stderr.replace(/^drs: /, '').trimEnd(), problems: {} };
}

/** The fields of a form of AdminJS. */
function fieldsOf(values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      Array.isArray(value)
        ? value.map((one, index) => [`${name}.${index}`, String(one)])
        : [[name, textOf(value)]],
    ),
  );
}

function textOf(value: Value): string {
  return value === null || value === undefined ? '' : String(value);
}

async function submitArguments(input: Values): Promise<string[]> {
  const { program, remoteFilename = 'program', serverId, interpreterId, storeResults, timeoutMs } = input;
  const file = join(await temporaryFolder('program'), textOf(remoteFilename));
  await writeFile(file, textOf(program));
  const named = {
    title: input.title,
    directory: input.remoteDirectory,
    owner: input.ownerUsername ?? 'ann',
    timeout: typeof timeoutMs === 'number' ? timeoutMs / 1000 : undefined,
  };
  return [
    ...['submit', file, '--server', textOf(serverId), '--interpreter', textOf(interpreterId)],
    ...Object.entries(named).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}=${textOf(value)}`],
    ),
    ...(Array.isArray(storeResults) ? ['--results', ...(storeResults as string[])] : []),
  ];
}
