/** The pages, and the files that they load. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DrsError } from '../../errors.js';
import type { TextAnswer } from '../answer.js';
import { packageFile } from '../../package-files.js';
import { definePublicRoute, defineRoute, type Route } from '../route.js';
import { loadJob } from '../targets.js';
import { page, wayToMount } from '../views.js';

const script = 'text/javascript; charset=utf-8';
const html = { description: 'The page', contentType: 'text/html; charset=utf-8' };

export const pageRoutes: Route[] = [
  defineRoute({
    method: 'get',
    path: '/ui',
    summary: 'The page of your jobs, with a form to submit one',
    isPage: true,
    answers: { 200: html },
    handle: ({ path, user }) => page('jobs.html', { mount: wayToMount(path), username: user.username }),
  }),
  defineRoute({
    method: 'get',
    path: '/ui/jobs/:id',
    summary: 'The page of one job: how it stands, its live output, its results',
    isPage: true,
    action: 'job:read',
    load: loadJob,
    answers: { 200: html },
    async handle({ drs, target, path, user }) {
      const job = await drs.jobs.get(target.id, { as: user });
      return page('job.html', {
        mount: wayToMount(path),
        username: user.username,
        id: job.id,
        title: job.title,
        status: job.status,
        server: job.server.title ?? `Server ${job.server.id}`,
        interpreter: job.interpreter.name ?? `Interpreter ${job.interpreter.id}`,
        remoteDirectory: job.remoteDirectory,
        remoteFilename: job.remoteFilename,
        program: job.program,
      });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/ui/style.css',
    summary: 'The style of the pages',
    isPage: true,
    answers: { 200: { description: 'The style', contentType: 'text/css; charset=utf-8' } },
    handle: () => file('views/style.css', 'text/css; charset=utf-8'),
  }),
  defineRoute({
    method: 'get',
    path: '/ui/page.js',
    summary: 'The script of the pages',
    isPage: true,
    answers: { 200: { description: 'The script', contentType: script } },
    handle: () => file('views/page.js', script),
  }),
  // Public: it is the same for everybody and holds no data, and the host's pages may load it before sign-in.
  definePublicRoute({
    method: 'get',
    path: '/client.js',
    summary: 'The custom elements <drs-job-log> and <drs-job-list>',
    answers: { 200: { description: 'A script (type="module")', contentType: script } },
    handle: () => file('dist/client.js', script),
  }),
];

async function file(path: string, type: string): Promise<TextAnswer> {
  const text = await readFile(packageFile(path), 'utf8').catch((cause: unknown) => {
    const message = `${path} of express-remote-submission is missing. Build it: npm run build.`;
    throw new DrsError('not_built', message, { status: 503, cause });
  });
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  const headers = { 'Content-Type': type, 'Cache-Control': 'no-cache', ETag: `"${hash}"` };
  return { kind: 'text', status: 200, headers, text };
}
