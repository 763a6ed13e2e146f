import { expect } from 'chai';
import { direct } from '../../lib/index.js';
import type { RunFollower, RunPlan, Scheduler } from '../../lib/schedulers/scheduler.js';
import { schedulerContract } from '../../lib/testing/index.js';
import { local } from '../../lib/transports/local.js';
import { failureOf } from './run-case.js';

/** Breaks one rule of a scheduler that keeps them all. */
type Break = (whole: Scheduler) => Partial<Scheduler>;

const running =
  (change: (plan: RunPlan) => Partial<RunPlan>): Break =>
  ({ run }) => ({ run: (session, plan, follower) => run(session, { ...plan, ...change(plan) }, follower) });

const following =
  (change: (follower: RunFollower) => Partial<RunFollower>): Break =>
  ({ run }) => ({
    run: (session, plan, follower) => run(session, plan, { ...follower, ...change(follower) }),
  });

const working =
  (change: (workspace: Scheduler['workspace']) => Partial<Scheduler['workspace']>): Break =>
  ({ workspace }) => ({ workspace: { ...workspace, ...change(workspace) } });

const letGo =
  'lets go of the program at a signal, which runs on, and passes on what follows when it attaches';
const elsewhere = 'knows nothing, starts nothing and ends nothing where another control root lies';

const mutants: Record<string, [Break, string]> = {
  'starts without the permit': [
    running(({ permit }) => ({ permit: (prepared) => permit(prepared).catch(() => undefined) })),
    'starts nothing that is not permitted',
  ],
  'asks for the permit of another directory': [
    running(({ permit }) => ({ permit: (prepared) => permit({ ...prepared, directory: '/' }) })),
    'says where it prepares an attempt before it asks for the permit, and runs it there',
  ],
  'starts again what was started, by another name': [
    running(({ name, fence }) => (fence > 1 ? { name: `${name}-${fence}`, began: null } : {})),
    'attaches to what has begun, and starts nothing twice',
  ],
  'starts again what the database knows began': [
    running(() => ({ began: null })),
    'never starts what the database knows began, whatever is found there',
  ],
  'starts in whatever control root lies there': [running(() => ({ controlRoot: null })), elsewhere],
  'cancels in whatever control root lies there': [
    ({ cancel }) => ({
      cancel: async (...call) => {
        const answer = await cancel(...call);
        return answer === 'elsewhere' ? 'never' : answer;
      },
    }),
    elsewhere,
  ],
  'begins with the first byte each time': [running(() => ({ from: { stdout: 0, stderr: 0 } })), letGo],
  'ignores the signal': [following(() => ({ signal: undefined })), letGo],
  'ends the program at the signal': [
    ({ run, cancel }) => ({
      async run(session, plan, follower) {
        let known: Parameters<RunFollower['onBegan']>[1] | null = null;
        let root = plan.controlRoot;
        try {
          return await run(session, plan, {
            ...follower,
            onLocated(located) {
              root = located;
              follower.onLocated?.(located);
            },
            async onBegan(how, began) {
              known = began;
              await follower.onBegan(how, began);
            },
          });
        } catch (error) {
          await cancel(session, { ...plan, controlRoot: root }, { fence: plan.fence, began: known });
          throw error;
        }
      },
    }),
    letGo,
  ],
  'passes output on before it is written down that the program runs': [
    following(({ onBegan }) => ({ onBegan: async (how, began) => void onBegan(how, began) })),
    'passes no output on before it is written down that the program runs',
  ],
  'goes on where it cannot be written down that the program runs': [
    following(({ onBegan }) => ({ onBegan: (how, began) => onBegan(how, began).catch(() => undefined) })),
    'fails where it cannot be written down that the program runs, which runs on',
  ],
  'passes output on where it is not live': [
    running(() => ({ isLive: true })),
    'passes nothing on where it is not live, and keeps it for the end',
  ],
  'knows no time limit': [running(() => ({ timeoutMs: null })), 'ends the program at its time limit'],
  'leaves a process of the program alive at a cancel': [
    running(({ program }) => ({
      // It leaves the group, and shows nothing that it could be known by.
      program: Buffer.from(
        program.toString().replace('sleep 300 &', 'setsid env -i sleep 30 >/dev/null 2>&1 &'),
      ),
    })),
    'ends the program, and what it started, at a cancel',
  ],
  'says of what has ended that it was ended now': [
    ({ cancel }) => ({
      cancel: async (...call) => {
        const answer = await cancel(...call);
        return answer === 'ended-before' ? 'ended' : answer;
      },
    }),
    'says of what has ended that there was nothing to cancel',
  ],
  'only says that it never starts': [
    () => ({ cancel: async () => 'never' }),
    'never starts what was cancelled before',
  ],
  'lists no files of folders': [
    working(({ listFiles }) => ({
      async listFiles(...call) {
        const listing = await listFiles(...call);
        return { ...listing, files: listing.files.filter(({ name }) => !name.includes('/')) };
      },
    })),
    'lists what was made, and brings it whole',
  ],
  'brings what was changed since it was listed': [
    working(({ fetchFiles }) => ({
      fetchFiles: async (...call) => ({ ...(await fetchFiles(...call)), changed: [] }),
    })),
    'does not bring what was changed since it was listed, and says so',
  ],
  'reads the output from its first byte': [
    working(({ readOutput }) => ({
      readOutput: (session, location, request) =>
        readOutput(session, location, { ...request, from: { stdout: 0, stderr: 0 } }),
    })),
    'reads the bytes of the output that are asked for, and no others',
  ],
  'says that it cleaned up what still runs': [
    working(({ clean }) => ({
      async clean(session, locations, options) {
        await clean(session, locations, options);
        return locations.map(({ name }) => name);
      },
    })),
    'leaves what still runs alone when it cleans up',
  ],
};

describe('the suite of schedulers finds one that', () => {
  for (const [fault, [breakIt, title]] of Object.entries(mutants)) {
    it(fault, async () => {
      const open = async () => {
        const transport = local();
        const here = { hostname: 'localhost', port: 0, username: '', credential: {} };
        const { session } = await transport.acquire(here);
        const whole = direct();
        return { scheduler: { ...whole, ...breakIt(whole) }, session, close: () => transport.close() };
      };
      const failure = await failureOf((runner) => schedulerContract('broken', open, runner), title);
      expect(failure).to.have.property('name', 'AssertionError');
    });
  }
});
