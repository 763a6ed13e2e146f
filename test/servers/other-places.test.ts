import { expect } from 'chai';
import { runCommand } from '../../lib/embedded/run-command.js';
import { internalsOf } from '../../lib/internals.js';
import { startProxy, type Proxy } from '../chaos/support/proxy.js';
import { ask } from '../http/support.js';
import { startSshd, type Sshd, type SshdNode } from '../support/sshd.js';
import { until } from '../worker/support.js';
import { gate, shellJobs, type ShellJobs } from './support.js';

describe('another address for a server where a job runs', () => {
  let jobs: ShellJobs;
  let sshd: Sshd;
  before(async () => {
    jobs = await shellJobs({
      identify: ({ headers }) => ({ id: 'root', username: String(headers['x-user']), isAdmin: true }),
    });
    sshd = await startSshd();
  });

  it('is refused while it runs, and changes nothing', async () => {
    const { wait, open } = await gate();
    const { job, printed, seen } = await jobs.submit(sshd, `echo begun; ${wait}`);
    await printed('begun');
    const asked = await ask(jobs.drs);
    const answer = await asked('patch', `/servers/${job.serverId}`, 'root').send({ port: 1 });
    expect(answer.status).to.equal(409);
    expect(answer.body).to.have.property('code', 'server_in_use');
    await open();
    expect(await seen()).to.include({ status: 'success', starts: 1 });
    await asked('patch', `/servers/${job.serverId}`, 'root').send({ port: 1 }).expect(200);
  });

  it('that was written by hand leads no attempt there: it has its own', async () => {
    const other = await startSshd();
    const { wait, open } = await gate();
    const { job, printed, seen } = await jobs.submit(sshd, `echo begun; ${wait}; echo 1 >a.csv`);
    await printed('begun');
    const sql = `UPDATE drs_servers SET port = ${other.port} WHERE id = ${job.serverId}`;
    await internalsOf(jobs.drs).sequelize.query(sql);
    await jobs.changeWorker();
    await open();
    expect(await seen()).to.deep.include({ status: 'success', starts: 1, files: ['a.csv'] });
    expect(other.log()).not.to.contain('Connection from');
  });
});

const addressOf = ({ hostname, port }: Proxy) => ({ hostname, port });

describe('a home that is another one at the next sign-in', () => {
  let jobs: ShellJobs;
  let sshd: Sshd;
  let here: SshdNode;
  let proxy: Proxy;
  let target: SshdNode;
  beforeEach(async () => {
    jobs = await shellJobs();
    sshd = await startSshd();
    here = target = await sshd.addNode({ through: ['unshare', '-m'] });
    proxy = await startProxy(() => target);
  });
  afterEach(() => Promise.all([jobs.drs.close(), sshd.stop()]));

  const mounting = () => {
    const { home, uid, gid } = sshd.user;
    return ['mount', '-t', 'tmpfs', '-o', `uid=${uid},gid=${gid},mode=700`, 'tmpfs', home];
  };
  const inside = async (...command: string[]) => {
    const { code, output } = await runCommand('nsenter', ['-m', '-t', String(here.pid), ...command]);
    expect(code, output).to.equal(0);
  };
  const submit = async () => {
    const { wait, open } = await gate();
    const program = `echo begun; ${wait}; echo 1 >a.csv; echo end; exit 3`;
    const submitted = await jobs.submit({ ...addressOf(proxy), user: sshd.user }, program);
    await submitted.printed('begun');
    return { ...submitted, open };
  };
  const ended = { failureReason: 'exit', exitCode: 3, starts: 1, stdout: 'begun\nend\n', files: ['a.csv'] };

  it('on another machine is waited for, with a message, and nothing begins there', async () => {
    const withoutHome = ['sh', '-c', `${mounting().join(' ')}; exec "$@"`, 'sh'];
    const there = await sshd.addNode({
      through: ['unshare', '-mpf', '--mount-proc', '--kill-child', ...withoutHome],
    });
    const { job, noted, seen, open } = await submit();
    target = there;
    proxy.cut();
    expect(await noted('home directory mounted')).to.contain('control directory cannot be found');
    const { summary } = await jobs.drs.explainJob(job.id);
    expect(summary).to.contain('home directory mounted').and.contain('may be running');
    target = here;
    proxy.cut();
    await open();
    await jobs.drs.requeueJob(job.id);
    expect(await seen()).to.deep.include(ended);
  });

  for (const [what, isCancelled] of [
    ['its end is told when the right one is back', false],
    ['a cancel ends it', true],
  ] as const) {
    it(`for whoever signs in by another way to that machine is waited for, and ${what}`, async () => {
      const withoutHome = ['sh', '-c', `${mounting().join(' ')}; exec "$@"`, 'sh'];
      const beside = await sshd.addNode({ through: ['unshare', '-m', ...withoutHome] });
      const { job, noted, seen, open } = await submit();
      target = beside;
      proxy.cut();
      expect(await noted('home directory mounted')).to.contain('control directory cannot be found');
      if (isCancelled) await jobs.drs.cancelJob(job.id);
      else await open();
      await jobs.drs.requeueJob(job.id);
      target = here;
      proxy.cut();
      await jobs.drs.requeueJob(job.id).catch(() => undefined);
      if (isCancelled) expect(await seen()).to.include({ status: 'cancelled', starts: 1, stdout: 'begun\n' });
      else expect(await seen()).to.deep.include(ended);
    });
  }

  it('on the machine where it runs changes nothing: its end is told when the right one is back', async () => {
    const { job, noted, seen, open } = await submit();
    await inside(...mounting());
    proxy.cut();
    await noted('Out of reach');
    // It is followed again.
    await until(async () => (await job.reload()).message === null);
    await inside('umount', '-l', sshd.user.home);
    await open();
    expect(await seen()).to.deep.include(ended);
  });
});

for (const [what, flags, prefix] of [
  ['containers', '-pf', []],
  ['login nodes', '-pfu', ['sh', '-c', 'echo "node-$$-$PPID-$0" >/proc/sys/kernel/hostname; exec "$@"']],
] as const) {
  describe(`${what} behind one address`, () => {
    let jobs: ShellJobs;
    let sshd: Sshd;
    let proxy: Proxy;
    const nodes: SshdNode[] = [];
    let turn = 0;
    before(async () => {
      jobs = await shellJobs();
      sshd = await startSshd();
      for (const name of ['a', 'b']) {
        const own = prefix.length > 0 ? [...prefix, name] : [];
        const through = ['unshare', flags, '--mount-proc', '--kill-child', ...own];
        nodes.push(await sshd.addNode({ through }));
      }
      // Each connection leads to the next one.
      proxy = await startProxy(() => nodes[(turn += 1) % nodes.length] ?? sshd);
    });

    const submit = async (rest: string) => {
      const { wait, open } = await gate();
      const seenFromAfar = await gate();
      const place = { ...addressOf(proxy), user: sshd.user };
      const submitted = await jobs.submit(
        place,
        `echo begun; ${seenFromAfar.wait}; echo on; ${wait}; ${rest}`,
      );
      await submitted.printed('begun');
      /** Resolves when what it prints is read on the other one. */
      const followed = async () => {
        await seenFromAfar.open();
        await submitted.printed('on');
      };
      return { ...submitted, open, followed };
    };
    const ended = { status: 'success', exitCode: 0, starts: 1, stdout: 'begun\non\nend\n', stderr: '' };

    it('lose nothing when the connection is cut', async () => {
      const { open, followed, seen } = await submit('echo end; echo 1 >a.csv');
      const before = turn;
      proxy.cut();
      await until(async () => turn > before);
      await followed();
      await open();
      expect(await seen()).to.deep.include({ ...ended, files: ['a.csv'] });
    });

    it('lose nothing when the worker changes', async () => {
      const { open, followed, seen } = await submit('echo end; echo 1 >a.csv');
      await jobs.changeWorker(() => proxy.cut());
      await followed();
      await open();
      expect(await seen()).to.deep.include({ ...ended, files: ['a.csv'] });
    });

    it('carry out a cancel where the program runs', async () => {
      const { job, seen } = await submit('echo never');
      await jobs.changeWorker(() => proxy.cut());
      await jobs.drs.cancelJob(job.id);
      expect(await seen()).to.include({ status: 'cancelled', starts: 1, stdout: 'begun\n' });
    });
  });
}
