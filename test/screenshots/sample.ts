/** A site as it looks on a working day: servers, a day of jobs behind it, and some under way. */

import { readFile } from 'node:fs/promises';
import ssh2 from 'ssh2';
import { startSshServer } from '../../lib/testing/ssh-server.js';
import { identifyBy, startHost } from '../admin/e2e/support/host-app.js';
import { bundleScripts } from '../admin/support/bundle.js';
import { atEnd } from '../support/cleanup.js';
import { testInstance } from '../support/instance.js';
import type { InstanceOf } from '../support/types.js';

const ann = { id: 1, username: 'ann', isAdmin: true };
const people = ['ann', 'maria', 'kenji', 'lena'];
const titles = [
  'Reflectivity fit',
  'Rietveld refinement',
  'Detector calibration',
  'Tomography, slice 12',
  'Merge runs 4411 to 4420',
];

type Instance = Awaited<ReturnType<typeof testInstance>>;
type Server = InstanceOf<'Server'>;
type Interpreter = InstanceOf<'Interpreter'>;

/** The address of the panel, and the jobs that the pictures are about. */
export interface Sample {
  url: string;
  username: string;
  runningId: number;
  draftId: number;
  serverId: number;
}

/** Makes it all; the running jobs are under way when it resolves. */
export async function startSample(): Promise<Sample> {
  await bundleScripts();
  const key = ssh2.utils.generateKeyPairSync('ed25519');
  const ssh = await startSshServer({ users: [{ username: ann.username, password: 'not needed' }] });
  atEnd(() => ssh.close());
  ssh.allowKey(ann.username, key.public);
  const drs = await testInstance({
    identify: identifyBy([ann]),
    identity: { privateKey: key.private },
  });
  await drs.work({ concurrency: 4 });
  const python = await drs.models.Interpreter.create({
    name: 'Python 3',
    path: '/usr/bin/python3',
    arguments: ['-u'],
  });
  const shell = await drs.models.Interpreter.create({ name: 'Shell', path: '/bin/sh', arguments: [] });
  const [beamline, cluster] = await Promise.all(
    ['Beamline workstation', 'Compute cluster'].map((title) =>
      drs.models.Server.create({ title, hostname: ssh.hostname, port: ssh.port }),
    ),
  );
  if (!beamline || !cluster) throw new TypeError('The servers were not made.');
  for (const server of [beamline, cluster]) await server.setInterpreters([python, shell]);
  const far = await drs.models.Server.create({ title: 'Archive', hostname: ssh.hostname, port: 1 });
  await far.setInterpreters([shell]);

  await makePast(drs, { server: cluster, interpreter: python });
  const make = jobMaker(drs, { remoteDirectory: '~/jobs/{job}' });
  const running = await make({
    title: 'Reflectivity scan, sample 7',
    program: scan,
    server: beamline,
    interpreter: shell,
  });
  const other = await make({
    title: 'Tomography, slice 13',
    program: 'sleep 600',
    server: cluster,
    interpreter: shell,
  });
  const lost = await make({ title: 'Fetch raw data', program: 'true', server: far, interpreter: shell });
  const draft = await make({
    title: 'Reflectivity fit, sample 7',
    program: await readFile(new URL('../../example/programs/reflectivity_fit.py', import.meta.url), 'utf8'),
    server: beamline,
    interpreter: python,
  });
  for (const { id } of [running, other, lost]) await drs.submitJob(id, { as: ann });
  const { url, stop } = await startHost(drs);
  atEnd(stop);
  return {
    url,
    username: ann.username,
    runningId: running.id,
    draftId: draft.id,
    serverId: beamline.id,
  };
}

/** Prints a point of a scan twice a second. */
const scan = `echo "theta   counts   monitor"
for i in $(seq 1 400); do
  printf '%5d   %6d   %7d\\n' "$i" $(( (i * 7919) % 4096 )) $(( 100000 + (i * 31) % 977 ))
  [ $(( i % 17 )) -ne 0 ] || echo "shutter slow at point $i" >&2
  sleep 0.4
done
`;

function jobMaker(drs: Instance, { remoteDirectory }: { remoteDirectory: string }) {
  return (job: { title: string; program: string; server: Server; interpreter: Interpreter }) =>
    drs.models.Job.create({
      title: job.title,
      program: job.program,
      remoteDirectory,
      remoteFilename: job.interpreter.name === 'Shell' ? 'program.sh' : 'program.py',
      owner: String(ann.id),
      ownerUsername: ann.username,
      serverId: job.server.id,
      interpreterId: job.interpreter.id,
    });
}

/** A day of jobs that have ended, written as they would stand in the database. */
async function makePast(
  drs: Instance,
  { server, interpreter }: { server: Server; interpreter: Interpreter },
): Promise<void> {
  const now = Date.now();
  for (let index = 60; index > 0; index -= 1) {
    const finishedAt = new Date(now - (index / 61) ** 1.4 * 23.5 * 3_600_000);
    const startedAt = new Date(finishedAt.getTime() - (20 + ((index * 37) % 900)) * 1000);
    const isFailure = index % 13 === 2;
    await drs.models.Job.create({
      title: titles[index % titles.length] ?? '',
      program: 'print("done")',
      remoteDirectory: '~/jobs/{job}',
      remoteFilename: 'program.py',
      owner: people[index % people.length] ?? '',
      ownerUsername: people[index % people.length] ?? '',
      serverId: server.id,
      interpreterId: interpreter.id,
      attempt: 1,
      status: index % 17 === 4 ? 'cancelled' : isFailure ? 'failure' : 'success',
      ...(isFailure
        ? { failureReason: 'exit', exitCode: 2, message: 'The program ended with exit code 2.' }
        : { exitCode: 0 }),
      startedAt,
      finishedAt,
      createdAt: startedAt,
    } as never);
  }
}
