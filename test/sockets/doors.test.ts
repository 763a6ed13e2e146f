import { expect } from 'chai';
import { once, type EventEmitter } from 'node:events';
import { io } from 'socket.io-client';
import type { RemoteSubmission, User } from '../../lib/index.js';
import { instance, jobOf, TestAttempt } from '../http/support.js';
import { connect, serveSockets, Viewer } from './support.js';

const ann: User = { id: 'ann', username: 'ann', isAdmin: false };

describe('the doors of the namespace', () => {
  let drs: RemoteSubmission;
  let url: string;

  before(async () => {
    drs = await instance();
    url = await serveSockets(drs);
  });

  it('refuse anonymous connections with 401', async () => {
    const socket = connect(url);
    const [error] = (await once(socket as unknown as EventEmitter, 'connect_error')) as [
      Error & { data: object },
    ];
    expect(error.message).to.equal('unauthenticated');
    expect(error.data).to.deep.equal({ code: 'unauthenticated', status: 401 });
  });

  it('let a client come back by itself while nobody can say who it is', async () => {
    let asked = 0;
    const away = await instance({
      identify() {
        asked += 1;
        if (asked === 1) throw new Error('The store of sessions is away.');
        return ann;
      },
    });
    const at = await serveSockets(away);
    const socket = io(`${at}/drs`, { transports: ['websocket'], forceNew: true, reconnectionDelay: 10 });
    try {
      await once(socket as unknown as EventEmitter, 'connect');
      expect(asked).to.equal(2);
    } finally {
      socket.disconnect();
    }
  });

  it('answer another user as if the job did not exist', async () => {
    const job = await jobOf(drs, 'ann');
    const bob = await Viewer.connect(url, 'bob');
    expect(await bob.ask('watch:log', { jobId: job.id })).to.deep.equal({ ok: false, code: 'not_found' });
    expect(await bob.ask('watch:log', { jobId: 999_999 })).to.deep.equal({ ok: false, code: 'not_found' });
    expect(await bob.ask('watch:jobs', {})).to.deep.equal({ ok: true, jobs: [] });
    const attempt = await TestAttempt.start(drs, job.id);
    await attempt.print('secret');
    await attempt.finish();
    const own = await jobOf(drs, 'bob');
    await TestAttempt.start(drs, own.id);
    await bob.until(({ statuses }) => statuses.some(({ status }) => status === 'running'));
    expect(bob.statuses.every(({ jobId }) => jobId === own.id)).to.equal(true);
    expect(bob.frames).to.deep.equal([]);
  });

  it('refuse attempts that were never made', async () => {
    const job = await jobOf(drs);
    const ann = await Viewer.connect(url, 'ann');
    expect(await ann.ask('watch:log', { jobId: job.id, attempt: 1 })).to.deep.equal({
      ok: false,
      code: 'not_found',
    });
    expect(await ann.ask('watch:log', { jobId: job.id })).to.deep.equal({ ok: true, attempt: 0, head: 0 });
  });

  it('bear whatever is sent', async () => {
    const ann = await Viewer.connect(url, 'ann');
    const bodies: unknown[] = [
      null,
      7,
      'x',
      [],
      { jobId: 'x' },
      { jobId: 1.5 },
      { jobId: -1 },
      { jobId: 1, x: 1 },
    ];
    bodies.push(
      { jobId: 1, after: -1 },
      JSON.parse('{"__proto__": {"jobId": 1}}'),
      { jobId: 1e300 },
      'x'.repeat(500_000),
    );
    for (const event of ['watch:log', 'unwatch:log']) {
      for (const body of bodies) {
        expect(await ann.ask(event, body), JSON.stringify(body)?.slice(0, 50)).to.deep.equal({
          ok: false,
          code: 'invalid_input',
        });
      }
    }
    for (const body of ['x', { limit: 0 }, { limit: 101 }, { limit: '5' }]) {
      expect(await ann.ask('watch:jobs', body)).to.deep.equal({ ok: false, code: 'invalid_input' });
    }
    ann.socket.emit('watch:log');
    ann.socket.emit('watch:log', { jobId: 1 }, 'no function');
    ann.socket.emit('watch:log', { jobId: 1 });
    ann.socket.emit('unknown', {}, () => undefined);
    expect(await ann.ask('watch:jobs')).to.include({ ok: true });
  });

  it('end a watch when the right to it ends', async () => {
    let isAllowed = true;
    const authorize = (user: User | null) => user !== null && (isAllowed || user.isAdmin === true);
    const ruled = await instance({ authorize });
    const viewer = await Viewer.connect(await serveSockets(ruled, { rightsMs: 0 }), 'ann');
    const attempt = await TestAttempt.start(ruled, (await jobOf(ruled)).id);
    await viewer.ask('watch:log', { jobId: attempt.claim.jobId });
    await attempt.print('seen');
    await viewer.until(({ text }) => text === 'seen');
    isAllowed = false;
    const admin = await Viewer.connect(await serveSockets(ruled), 'admin');
    await admin.ask('watch:log', { jobId: attempt.claim.jobId });
    await attempt.print(' hidden');
    await attempt.finish();
    await admin.until(({ text, statuses }) => text === 'seen hidden' && statuses.length > 0);
    // An answer comes after everything that was sent before it.
    await viewer.ask('watch:jobs', { limit: 1 });
    expect(viewer.text).to.equal('seen');
    expect(viewer.statuses.filter(({ status }) => status === 'success')).to.deep.equal([]);
  });
});
