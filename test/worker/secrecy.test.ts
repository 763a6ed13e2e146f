import { expect } from 'chai';
import { Redis } from 'ioredis';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { RemoteSubmission } from '../../lib/index.js';
import { internalsOf } from '../../lib/internals.js';
import { makeJob, testInstance } from '../support/instance.js';
import { testRedis } from '../support/redis.js';
import { sharedSshd } from '../support/sshd.js';

/** Everything that the tables hold, as text: bytes as hex, as `pg_dump` writes them. */
async function dump(drs: RemoteSubmission): Promise<string> {
  const { sequelize } = internalsOf(drs);
  const [tables] = await sequelize.query(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  const contents = await Promise.all(
    (tables as { name: string }[]).map(({ name }) =>
      sequelize.query(`SELECT t::text AS row FROM "${name}" t`),
    ),
  );
  return JSON.stringify(contents);
}

describe('a password that is submitted with a job', () => {
  const seen = { redis: '', logs: '', before: '', running: '', after: '', processes: '' };
  let sentinel: string;
  let sealedAfter: unknown;

  before(async () => {
    const sshd = await sharedSshd();
    sentinel = sshd.user.password;
    const redis = new Redis(await testRedis());
    const monitor = await redis.monitor();
    monitor.on('monitor', (_time: string, args: string[]) => (seen.redis += JSON.stringify(args)));
    const sink = new Writable({
      write(line: Buffer, _encoding, done) {
        seen.logs += line.toString();
        done();
      },
    });
    const drs = await testInstance({ logger: pino({ level: 'trace' }, sink) });
    const server = { hostname: sshd.hostname, port: sshd.port };
    const program = `
import glob, time
for path in glob.glob('/proc/[0-9]*/cmdline') + glob.glob('/proc/[0-9]*/environ'):
    try: print(open(path, errors='replace').read().replace(chr(0), ' '))
    except OSError: pass
time.sleep(1)
`;
    const job = await makeJob(drs, { program, server });
    const { finished } = await drs.submitJob(job.id, { username: sshd.user.username, password: sentinel });
    seen.before = await dump(drs);
    const worker = await drs.work();
    while (seen.processes === '') {
      const [chunk] = await drs.models.Log.findAll({ where: { jobId: job.id } });
      seen.processes = chunk?.content.toString() ?? '';
    }
    seen.running = await dump(drs);
    expect((await finished()).status).to.equal('success');
    const refused = await makeJob(drs, { program, server });
    const failed = await drs.submitJob(refused.id, { username: 'nobody-of-that-name', password: sentinel });
    expect((await failed.finished()).failureReason).to.equal('auth');
    seen.after = await dump(drs);
    [sealedAfter] = await internalsOf(drs).sequelize.query('SELECT * FROM drs_secrets');
    await worker.stop();
    monitor.disconnect();
    redis.disconnect();
  });

  for (const place of ['redis', 'logs', 'before', 'running', 'after', 'processes'] as const) {
    it(`is not in ${place}, neither in clear nor in base64 nor in hex`, () => {
      expect(seen[place].length).to.be.greaterThan(place === 'logs' ? 0 : 20);
      const forms = [
        sentinel,
        Buffer.from(sentinel).toString('base64').replace(/=+$/, ''),
        Buffer.from(sentinel).toString('hex'),
      ];
      for (const form of forms) expect(seen[place]).not.to.contain(form);
    });
  }

  it('is sealed in the database until the end, and gone then', () => {
    expect(seen.before).to.contain('\\\\\\\\x01');
    expect(sealedAfter).to.deep.equal([]);
  });
});
