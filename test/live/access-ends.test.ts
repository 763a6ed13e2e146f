import { expect } from 'chai';
import { once, type EventEmitter } from 'node:events';
import { io } from 'socket.io-client';
import type { RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { instance, jobOf, TestAttempt } from '../http/support.js';
import { atEnd } from '../support/cleanup.js';
import { askedDoors, liveDoors, Portal, SignIn, watchStream } from './support.js';

const watcher = { id: 'w', username: 'watcher', isAdmin: true };
const owner = { id: 'id-of-ann', username: 'ann' };

/** How access ends, and what a new watch is answered then. */
const endings: Record<string, { end: (signIn: SignIn) => Promise<void>; code: string; isCut: boolean }> = {
  'signed out': { end: (signIn) => signIn.signOut(), code: 'unauthenticated', isCut: true },
  expired: { end: (signIn) => signIn.expire(), code: 'unauthenticated', isCut: true },
  removed: { end: (signIn) => signIn.remove(), code: 'unauthenticated', isCut: true },
  demoted: { end: (signIn) => signIn.demote(), code: 'not_found', isCut: false },
};

describe('access that ends', () => {
  let slow: Portal;
  let quick: Portal;
  before(async () => {
    [slow, quick] = [await Portal.start({ rightsMs: 60_000 }), await Portal.start({ rightsMs: 50 })];
  });

  for (const [door, { watch, before: first, after: then }] of Object.entries(liveDoors)) {
    for (const [how, { end, code, isCut }] of Object.entries(endings)) {
      it(`lets somebody ${how} hear nothing more within the window of rights: ${door}`, async () => {
        const signIn = await quick.signIn(watcher);
        const attempt = await TestAttempt.start(quick.drs, (await jobOf(quick.drs)).id);
        const { jobId } = attempt.claim;
        const watching = await watch(signIn, jobId);
        await attempt.print('before');
        await watching.until(first);
        const asked = signIn.whenAsked();
        await end(signIn);
        await (isCut ? watching.ended : asked);
        const control = await watch(await quick.signIn(owner), jobId);
        await attempt.print('afterwards');
        await attempt.finish();
        await control.until(then);
        expect(watching.text())
          .to.contain(first)
          .and.not.to.contain('afterwards')
          .and.not.to.contain('success');
      });

      it(`lets somebody ${how} begin no new watch, from then on: ${door}`, async () => {
        const signIn = await slow.signIn(watcher);
        const { id } = await jobOf(slow.drs);
        const { again } = await watch(signIn, id);
        expect(await again()).to.equal('ok');
        await end(signIn);
        expect(await again()).to.equal(code);
      });
    }
  }

  for (const [door, { look, SignIn: Way }] of Object.entries(askedDoors)) {
    for (const [how, { end, code }] of Object.entries(endings)) {
      it(`lets somebody ${how} see nothing more, from then on: ${door}`, async () => {
        const signIn = await Way.of(slow, watcher);
        const { again } = look(signIn, (await jobOf(slow.drs)).id);
        expect(await again()).to.equal('ok');
        await end(signIn);
        expect(await again()).to.equal(code);
      });
    }
  }

  it('does not bring back a session that somebody signed out of while a stream was open', async () => {
    const signIn = await quick.signIn(watcher);
    const { id } = await jobOf(quick.drs);
    const { ended, again } = await watchStream(signIn, id);
    await signIn.signOut();
    await ended;
    expect(await again()).to.equal('unauthenticated');
  });
});

describe('endSessions()', () => {
  let portal: Portal;
  before(async () => {
    portal = await Portal.start({ rightsMs: 60_000 });
  });

  /** Another process on the same database. */
  async function elsewhere(options: object = {}): Promise<RemoteSubmission> {
    return instance({ sequelize: internalsOf(portal.drs).sequelize, ...options });
  }

  for (const [door, { watch, before: first, after: then }] of Object.entries(liveDoors)) {
    it(`ends what somebody began, in another process, at once, and lets them come back: ${door}`, async () => {
      const signIn = await portal.signIn(watcher);
      const { id } = await jobOf(portal.drs);
      const watching = await watch(signIn, id);
      const other = await watch(await portal.signIn(owner), id);
      await (await elsewhere()).endSessions(watcher.id);
      await watching.ended;
      const anew = await watch(signIn, id);
      const attempt = await TestAttempt.start(portal.drs, id);
      await attempt.print('afterwards');
      await attempt.finish();
      await Promise.all([anew.until(then), other.until(then)]);
      expect(watching.text()).not.to.contain(first).and.not.to.contain(then);
    });

    it(`is found without an announcement within the window of rights: ${door}`, async () => {
      const quick = await Portal.start({ rightsMs: 50 });
      const watching = await watch(await quick.signIn(watcher), (await jobOf(quick.drs)).id);
      await internalsOf(quick.drs).endedSessions.end(watcher.id);
      await watching.ended;
    });
  }

  for (const [door, { look, SignIn: Way }] of Object.entries(askedDoors)) {
    if (Way === SignIn) continue;
    it(`ends a sign-in of the panel, in every process, and lets them come back: ${door}`, async () => {
      const { id } = await jobOf(portal.drs);
      const { again } = look(await Way.of(portal, watcher), id);
      const other = look(await Way.of(portal, { ...owner, isAdmin: true }), id);
      expect(await again()).to.equal('ok');
      await (await elsewhere()).endSessions(watcher.id);
      expect(await again()).to.equal('unauthenticated');
      expect(await other.again()).to.equal('ok');
      expect(await look(await Way.of(portal, watcher), id).again()).to.equal('ok');
    });
  }

  it('is refused for what is no id', async () => {
    for (const wrong of ['', null, {}, NaN] as never[]) {
      const refusal: unknown = await portal.drs.endSessions(wrong).catch((error: unknown) => error);
      expect(refusal).to.include({ code: 'invalid_input' });
    }
  });
});

describe('the life of a connection', () => {
  it('is short, and any client of Socket.IO comes back by itself', async () => {
    const portal = await Portal.start({ lifeMs: 300 });
    const { cookie } = await portal.signIn(watcher);
    const options = {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 10,
      extraHeaders: { cookie },
    };
    const socket = io(`${portal.url}/drs`, options);
    atEnd(() => void socket.disconnect());
    const events = socket as unknown as EventEmitter;
    await once(events, 'connect');
    const first = socket.id;
    expect(await once(events, 'disconnect')).to.have.property('0', 'transport close');
    await once(events, 'connect');
    expect(socket.id).not.to.equal(first);
  });
});
