import { expect } from 'chai';
import type { RemoteSubmission } from '../../lib/index.js';
import { makeJob, testInstance } from '../support/instance.js';
import { sharedSshd, type Sshd } from '../support/sshd.js';

describe('results over a real sshd', () => {
  let drs: RemoteSubmission;
  let sshd: Sshd;
  before(async () => {
    drs = await testInstance({ limits: { resultBytes: 1_000_000 } });
    sshd = await sharedSshd();
  });

  async function run(program: string, storeResults: string[] = ['*']) {
    const { hostname, port, user } = sshd;
    const job = await makeJob(drs, {
      ...{ program, interpreter: { path: 'sh' }, remoteFilename: 'job.sh' },
      server: { hostname, port },
    });
    const { username, password } = user;
    const { status } = await drs.runJob(job.id, { username, password, storeResults });
    const rows = await drs.models.Result.findAll({ where: { jobId: job.id } });
    const { message } = await job.reload();
    return { status, message, names: rows.map((row) => row.remoteFilename).sort() };
  }

  it('come beside a folder that cannot be read', async () => {
    expect(await run('mkdir sub; chmod 000 sub; echo 1 >a.csv')).to.deep.equal({
      status: 'success',
      message: 'Folders that could not be read were left: sub.',
      names: ['a.csv'],
    });
  });

  it('come whatever their time says, and what is none is named', async () => {
    const program = [
      'touch -d 2001-01-01 old.csv; touch -d "+2 hours" later.csv; echo 1 >new.csv; ln -s new.csv latest.csv',
      "echo 1 >\"$(printf 'caf\\351.csv')\"; echo 1 >'a\\b.csv'; ln -s new.csv other; find . -type f -empty -delete",
      'touch -d 2001-01-01 old.csv; touch -d "+2 hours" later.csv',
    ];
    expect(await run(program.join('\n'), ['*.csv'])).to.deep.equal({
      status: 'success',
      message:
        'Symbolic links, which are not followed, were left: latest.csv. ' +
        'Files whose names are no UTF-8 were left: caf\\xe9.csv.',
      names: ['a\\b.csv', 'later.csv', 'new.csv', 'old.csv'],
    });
  });

  it('over the limit stay where they are, and are named', async () => {
    expect(await run('truncate -s 2G big.bin; echo ok >small.txt')).to.deep.equal({
      status: 'success',
      message: '1 results over the limit of 1000000 bytes were left: big.bin.',
      names: ['small.txt'],
    });
  });
});
