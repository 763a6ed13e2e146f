/** Everything that an administrator's day needs, all of it real: PostgreSQL, Redis, OpenSSH, a worker, and Chromium. */

import ssh2 from 'ssh2';
import type { User } from '../../../../lib/protocol/records.js';
import type { RemoteSubmission, RemoteSubmissionOptions } from '../../../../lib/index.js';
import { openPage } from '../../../support/browser.js';
import { atEnd, shared } from '../../../support/cleanup.js';
import { testInstance } from '../../../support/instance.js';
import { startSshd, type Sshd } from '../../../support/sshd.js';
import type { InstanceOf } from '../../../support/types.js';
import { bundleScripts } from '../../support/bundle.js';
import { identifyBy, startHost, type Mount } from './host-app.js';
import { createVisitor, type Visitor } from './visitor.js';

const bundled = shared(bundleScripts);
const identity = ssh2.utils.generateKeyPairSync('ed25519');

/** The parts behind the panel. */
export interface Backend {
  drs: RemoteSubmission;
  sshd: Sshd;
  /** Has an account on the server, where the application's own key lets him in. */
  admin: User;
}

/** An instance with a worker, and a server that its administrator may sign in to. */
export async function startBackend(options: Partial<RemoteSubmissionOptions> = {}): Promise<Backend> {
  const [sshd] = await Promise.all([startSshd({ users: [{ publicKeys: [identity.public] }] }), bundled()]);
  const admin: User = { id: 1, username: sshd.user.username, isAdmin: true };
  const drs = await testInstance({
    identify: identifyBy([admin]),
    identity: { privateKey: identity.private },
    ...options,
  });
  await drs.work({ concurrency: 12 });
  return { drs, sshd, admin };
}

/** The private key of the application, for a process of its own. */
export const ownKey = identity.private;

/** A host with the panel in front of a backend, and somebody who has signed in to it. */
export async function visit({ drs, admin }: Backend, mount: Mount = {}): Promise<Visitor> {
  const host = await startHost(drs, mount);
  atEnd(() => host.stop());
  const visitor = await createVisitor({
    panel: `${host.url}${mount.path ?? '/admin'}`,
    watched: await openPage({ viewport: { width: 1280, height: 860 }, acceptDownloads: true }),
  });
  await visitor.signIn(admin.username);
  return visitor;
}

/** A server with a shell, to make jobs on. */
export async function makeServer({ drs, sshd }: Backend, title = 'Cluster'): Promise<InstanceOf<'Server'>> {
  const { Interpreter, Server } = drs.models;
  const interpreter = await Interpreter.create({ name: 'Shell', path: '/bin/sh', arguments: [] });
  const server = await Server.create({ title, hostname: sshd.hostname, port: sshd.port });
  await server.setInterpreters([interpreter]);
  return server;
}

/** A job of the administrator's on that server. */
export async function makeJob(
  { drs, admin }: Backend,
  { server, ...job }: { server: InstanceOf<'Server'>; title: string; program: string },
): Promise<InstanceOf<'Job'>> {
  const [interpreter] = await server.getInterpreters();
  if (!interpreter) throw new TypeError(`${server.title} has no interpreter.`);
  return drs.models.Job.create({
    ...job,
    remoteDirectory: '~/jobs/{job}',
    remoteFilename: 'program.sh',
    owner: String(admin.id),
    ownerUsername: admin.username,
    serverId: server.id,
    interpreterId: interpreter.id,
  });
}
