import { expect } from 'chai';
import type { RemoteSubmission } from '../../lib/index.js';
import { listedJobSchema } from '../../lib/protocol/schemas/job-schemas.js';
import { TestAttempt } from '../http/support.js';
import { makeJob } from '../support/instance.js';
import { runDrs, startDrs } from './drs-process.js';
import { endWith, instanceForCommands, runOnTerminal } from './support.js';

describe('drs jobs', function () {
  this.timeout(60_000);
  let drs: RemoteSubmission;
  let env: NodeJS.ProcessEnv;
  let fit: number;
  let hostile: number;

  before(async () => {
    ({ drs, env } = await instanceForCommands());
    const job = await makeJob(drs, {
      program: 'secret text',
      title: 'Fit of run 7',
      owner: 'ann',
      server: { title: 'Cluster', hostname: 'cluster.example' },
    });
    fit = job.id;
    await endWith(await TestAttempt.start(drs, fit), 7);
    hostile = (await makeJob(drs, { program: 'true', title: 'a\tb\u001b[2J\u009b', owner: 'bob' })).id;
  });

  const idsOf = (stdout: string) => (JSON.parse(stdout) as { id: number }[]).map(({ id }) => id);
  const list = async (...flags: string[]) => {
    const { code, stdout, stderr } = await runDrs(['jobs', ...flags], env);
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    return stdout;
  };

  it('prints an array with the names of the REST interface, newest first, without programs', async () => {
    const stdout = await list('--json');
    expect(idsOf(stdout)).to.deep.equal([hostile, fit]);
    const [, job] = JSON.parse(stdout) as [object, object];
    expect(Object.keys(job)).to.have.members(Object.keys(listedJobSchema.shape));
    expect(listedJobSchema.safeParse(job).error).to.equal(undefined);
    expect(job).to.include({ title: 'Fit of run 7', status: 'failure', exitCode: 7 });
    expect(stdout).to.not.include('\u009b');
  });

  it('finds jobs by status, owner, title and server, and as many as are wanted', async () => {
    expect(idsOf(await list('--json', '--status', 'failure', 'running'))).to.deep.equal([fit]);
    expect(idsOf(await list('--json', '--owner', 'bob'))).to.deep.equal([hostile]);
    expect(idsOf(await list('--json', '--title', 'RUN 7'))).to.deep.equal([fit]);
    expect(idsOf(await list('--json', '--server', 'Cluster'))).to.deep.equal([fit]);
    expect(idsOf(await list('--json', '--limit', '1'))).to.deep.equal([hostile]);
    expect(idsOf(await list('--json', '--status', 'running'))).to.deep.equal([]);
  });

  it('prints a line with tabs for each to another program', async () => {
    const lines = (await list()).split('\n').map((line) => line.split('\t'));
    expect(lines).to.have.length(3);
    expect(lines[0]?.[6]).to.equal('a\\u0009b\\u001b[2J\\u009b');
    const [id, status, attempt, owner, server, created, title] = lines[1] ?? [];
    expect([id, status, attempt, owner, server, title]).to.deep.equal([
      `${fit}`,
      'failure: exit 7',
      '1',
      'ann',
      'Cluster',
      'Fit of run 7',
    ]);
    expect(created).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('prints columns with names on a terminal, says that there are more, and moves no cursor', async () => {
    const printed = await runOnTerminal(['jobs', '--limit', '1'], env);
    expect(printed).to.match(
      /^drs: these are the newest 1; --limit shows more\.\nID +STATUS +ATTEMPT +OWNER /,
    );
    expect(printed).to.include('a\\u0009b\\u001b[2J');
    expect(printed).to.not.include('\u001b[2J');
  });

  it('ends as by SIGPIPE when nobody reads', async () => {
    const { child, end } = startDrs(['jobs'], env);
    child.stdout.destroy();
    const { code, stderr } = await end;
    expect(stderr.toString()).to.equal('');
    expect(code).to.equal(141);
  });

  it('refuses what makes no sense', async () => {
    expect((await runDrs(['jobs', '--status', 'done'], env)).code).to.equal(64);
    expect((await runDrs(['jobs', '--limit', '10001'], env)).code).to.equal(64);
    const { code, stderr } = await runDrs(['jobs', '--server', 'There'], env);
    expect(code).to.equal(125);
    expect(stderr).to.match(/^drs: There is no server "There"\. There are:\n/);
  });
});
