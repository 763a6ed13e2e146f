/** The web process of a host application, on the built package: it serves sockets, and submits the jobs that it is told to. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { performance } from 'node:perf_hooks';
import express from 'express';
import { Server } from 'socket.io';
import {
  attachSockets,
  createRemoteSubmission,
  drsRouter,
  optionsFromEnvironment,
} from 'express-remote-submission';
import { serve } from './serve.mjs';

const owner = process.env.BENCH_OWNER;
const identify = () => ({ id: owner, username: owner, isAdmin: false });
const drs = createRemoteSubmission({ ...optionsFromEnvironment(), identify });
const { Interpreter, Job, Log, Result, Server: Machine } = drs.models;
await drs.migrate();

const app = express().use('/drs', drsRouter(drs));
const httpServer = createServer(app);
attachSockets(new Server(httpServer, { destroyUpgrade: false, serveClient: false }), drs);
httpServer.listen(0, '127.0.0.1');
await once(httpServer, 'listening');

const shell = await Interpreter.create({ name: 'shell', path: 'sh', arguments: [] });
const python = await Interpreter.create({ name: 'Python 3', path: 'python3', arguments: ['-u'] });
const machine = await Machine.create({
  title: 'Bench server',
  hostname: '127.0.0.1',
  port: Number(process.env.BENCH_SSH_PORT),
});
await machine.setInterpreters([shell, python]);

/** Resolves to milliseconds from the submit to the end. */
async function timeRun(jobId, options) {
  const start = performance.now();
  const submission = await drs.submitJob(jobId, options);
  const { status, failureReason } = await submission.finished();
  const ms = performance.now() - start;
  if (status === 'success') return ms;
  const { message } = await Job.findByPk(jobId);
  throw new Error(`Job ${jobId} ended as ${status} (${failureReason}): ${message}`);
}

serve({
  port: async () => httpServer.address().port,
  makeJobs: async ({ program, language = 'shell', count = 1 }) => {
    const made = Array.from({ length: count }, (_, index) =>
      Job.create({
        title: `Bench job ${index}`,
        program,
        remoteDirectory: '~/jobs/{job}',
        remoteFilename: 'program',
        owner,
        serverId: machine.id,
        interpreterId: language === 'python' ? python.id : shell.id,
      }),
    );
    return (await Promise.all(made)).map(({ id }) => id);
  },
  timeRun: ({ jobId, options }) => timeRun(jobId, options),
  /** All at once; milliseconds from the first submit to the last end. */
  timeRuns: async ({ jobIds }) => {
    const start = performance.now();
    await Promise.all(jobIds.map((jobId) => timeRun(jobId)));
    return performance.now() - start;
  },
  /** What is stored of a job. */
  stored: async ({ jobId }) => {
    const where = { jobId };
    const logs = await Log.findAll({ where, attributes: ['content'] });
    const logBytes = logs.reduce((sum, { content }) => sum + content.length, 0);
    const [resultCount, resultBytes] = [await Result.count({ where }), await Result.sum('size', { where })];
    return { chunks: logs.length, logBytes, resultCount, resultBytes: Number(resultBytes ?? 0) };
  },
});
