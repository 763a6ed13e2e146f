import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { direct } from '../../lib/schedulers/direct.js';
import type { AttemptLocation, RunPlan } from '../../lib/schedulers/scheduler.js';
import type { Session } from '../../lib/transports/session.js';
import { atEnd } from '../support/cleanup.js';

/** A server that knows the mark of a script, as the owner of the account may, and says with it what it likes. */
function hostile(said: string): Session {
  return {
    async start(script) {
      const mark = /^mark=(\w+)/.exec(script)?.[1] ?? '';
      const program = `say() { printf '\\036${mark} %s\\n' "$*"; }\n${said}\nexec sleep 60`;
      const child = spawn('bash', ['-c', program]);
      const close = (): void => {
        child.kill('SIGKILL');
        for (const stream of [child.stdout, child.stderr]) stream.destroy();
      };
      atEnd(close);
      const end = once(child, 'close').then(([exitCode, signal]) => ({ exitCode, signal }));
      const { stdin, stdout, stderr } = child;
      return { stdin, stdout, stderr, end, close };
    },
  };
}

const location: AttemptLocation = {
  controlDirectory: null,
  directory: '~/work',
  name: '00000000-0000-0000-0000-000000000000-1',
  controlRoot: { id: '0123456789abcdef0123456789abcdef', path: '/home/ann/.drs' },
};

const plan: RunPlan = {
  ...location,
  ...{ fence: 1, filename: 'program.sh', program: Buffer.from('true') },
  ...{ interpreter: { path: 'sh', arguments: [] }, timeoutMs: null, isLive: true, isListing: true },
  ...{ from: { stdout: 0, stderr: 0 }, began: null, permit: async () => undefined },
};
const follower = { onBegan: async () => undefined, onOutput: () => undefined };
const before = { kind: 'listed', time: 0 } as const;
const many = (line: string): string => `for i in {1..5000}; do ${line}; done`;
const scheduler = direct();

const run = (said: string): Promise<unknown> => scheduler.run(hostile(said), plan, follower);
const read = (said: string): Promise<unknown> =>
  scheduler.workspace.readOutput(hostile(said), location, {
    from: { stdout: 0, stderr: 0 },
    bytes: { stdout: 100, stderr: 100 },
    onOutput: () => undefined,
  });
const list = (said: string): Promise<unknown> =>
  scheduler.workspace.listFiles(hostile(said), location, {
    filename: 'program.sh',
    program: plan.program,
    before,
    without: [],
  });
const copy = (said: string): Promise<unknown> =>
  scheduler.workspace.copy(hostile(said), { ...plan, program: Buffer.from('true') });

describe('a server that says what our scripts never do', () => {
  const cases: Record<string, () => Promise<unknown>> = {
    'lines without end': () => run(many('say started h:b:1 1 1 made 1')),
    'lines without end on the other stream': () => run(many('say more >&2')),
    'lines of any length': () => run(`say located $(printf %20000s | tr ' ' A)`),
    'lines without end about a copy': () => copy(many('say more')),
    'more output than it was asked for': () => read(`say err\n${many('echo more')}`),
    'facts about a file without end': () => list(`say before; printf "f %2000s ./name//\\n" x`),
  };
  for (const [what, call] of Object.entries(cases)) {
    it(`is told so: ${what}`, async () => {
      expect(await call().catch((error: unknown) => error)).to.include({ code: 'script_broken' });
    });
  }
});
