import { expect } from 'chai';
import { jobSchema } from '../../lib/protocol/schemas/job-schemas.js';
import type { RemoteSubmission, User } from '../../lib/index.js';
import { ask, instance, jobOf, TestAttempt, type Ask } from './support.js';

const idsOf = (items: { id: number }[]): number[] => items.map(({ id }) => id);

describe('lists', () => {
  let drs: RemoteSubmission;
  let send: Ask;
  let own: number[];

  before(async () => {
    drs = await instance();
    send = await ask(drs);
    own = [];
    for (let count = 0; count < 25; count += 1) {
      own.unshift((await jobOf(drs, 'ann', `Job ${count}`)).id);
      if (count % 5 === 0) await jobOf(drs, 'bob', 'Of Bob');
    }
  });

  it('hold the 10 newest, and the way to the next', async () => {
    const { body, headers } = await send('get', '/jobs', 'ann');
    expect(idsOf(body.items)).to.deep.equal(own.slice(0, 10));
    expect(headers.link).to.equal(`</drs/jobs?limit=10&cursor=${body.next}>; rel="next"`);
    jobSchema.omit({ program: true, allowed: true }).strict().parse(body.items[0]);
  });

  it('show every record once, by following the links', async () => {
    const seen: number[] = [];
    for (let path: string | undefined = '/jobs?limit=7'; path;) {
      const { body, headers } = await send('get', path, 'ann');
      seen.push(...idsOf(body.items));
      path = /<\/drs([^>]+)>/.exec(headers.link ?? '')?.[1];
      expect(path === undefined).to.equal(body.next === null);
    }
    expect(seen).to.deep.equal(own);
  });

  it('stay right while records are added', async () => {
    const first = await send('get', '/jobs?limit=5', 'ann');
    own.unshift((await jobOf(drs, 'ann', 'Late')).id);
    const second = await send('get', `/jobs?limit=5&cursor=${first.body.next}`, 'ann');
    expect(idsOf(second.body.items)).to.deep.equal(own.slice(6, 11));
  });

  it('show an administrator everything', async () => {
    const { body } = await send('get', '/jobs?limit=100', 'admin');
    expect(body.items).to.have.length(own.length + 5);
    expect(body.next).to.equal(null);
  });

  it('are filtered by a part of the title, in which nothing is a pattern', async () => {
    const { id } = await jobOf(drs, 'ann', 'Fit 100%_of a\\b');
    own.unshift(id);
    for (const part of ['fit', 'T 100%', '%_OF', 'a\\b']) {
      const { body } = await send('get', `/jobs?titleContains=${encodeURIComponent(part)}`, 'ann');
      expect(idsOf(body.items), part).to.deep.equal([id]);
    }
    for (const part of ['Fit_', 'Fi%t', 'a\\\\b']) {
      const { body } = await send('get', `/jobs?titleContains=${encodeURIComponent(part)}`, 'ann');
      expect(body.items, part).to.deep.equal([]);
    }
    const page = await send('get', '/jobs?titleContains=JOB&limit=2', 'ann');
    expect(page.body.items).to.have.length(2);
    expect(page.headers.link).to.include('titleContains=JOB');
    expect((await send('get', '/jobs?titleContains=%00', 'ann')).status).to.equal(400);
  });

  it('are filtered, and keep their filters on the next page', async () => {
    const { body, headers } = await send('get', '/jobs?owner=id-of-bob&limit=2&status=initial', 'admin');
    expect(body.items.map(({ title }: { title: string }) => title)).to.deep.equal(['Of Bob', 'Of Bob']);
    expect(headers.link).to.include('owner=id-of-bob').and.include('status=initial');
    expect((await send('get', '/jobs?title=Job%203', 'ann')).body.items).to.have.length(1);
    expect((await send('get', '/jobs?status=running', 'ann')).body.items).to.deep.equal([]);
    expect((await send('get', '/jobs?owner=id-of-bob', 'ann')).body.items).to.deep.equal([]);
    const [job] = (await send('get', '/jobs?limit=1', 'ann')).body.items;
    for (const query of [
      `server=${job.serverId}`,
      `serverId=${job.serverId}`,
      `interpreter=${job.interpreterId}`,
    ]) {
      expect(idsOf((await send('get', `/jobs?${query}`, 'ann')).body.items), query).to.deep.equal([job.id]);
    }
    expect(
      (await send('get', '/servers?hostname=127.0.0.1&port=22&limit=1', 'ann')).body.items,
    ).to.have.length(1);
    expect((await send('get', '/interpreters?path=nothing', 'ann')).body.items).to.deep.equal([]);
    const [{ name }] = (await send('get', '/interpreters?limit=1', 'ann')).body.items;
    const named = await send('get', `/interpreters?name=${encodeURIComponent(name)}&limit=1`, 'ann');
    expect(named.body.items).to.have.length(1);
  });

  it('refuse unknown parameters, and name those that are known', async () => {
    const { status, body } = await send('get', '/jobs?colour=red', 'ann');
    expect(status).to.equal(400);
    expect(body).to.include({ code: 'unknown_parameter' });
    expect(body.detail).to.include('colour').and.include('status, owner, serverId');
    for (const query of ['__proto__=1', 'constructor=1', 'toString=1', 'program=x', 'uuid=x']) {
      expect((await send('get', `/jobs?${query}`, 'ann')).body.code, query).to.equal('unknown_parameter');
    }
  });

  it('refuse values that do not fit', async () => {
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=x',
      'limit=1.5',
      'limit=',
      'limit=0x1',
      'limit=1e1',
      'limit=%201',
      'attempt=',
      'status=lost',
      'server=x',
      'server=99999999999',
      `server=${'9'.repeat(400)}`,
      'owner=a%00b',
      'title=a%00b',
      'limit=1&limit=2',
    ]) {
      const { status, body } = await send('get', `/jobs?${query}`, 'ann');
      expect(status, query).to.equal(400);
      expect(body.problems[0].path, query).to.equal(query.split('=')[0]);
    }
    expect((await send('get', '/jobs?limit=101', 'ann')).body.detail).to.include('at most 100');
  });

  it('refuse what is no cursor', async () => {
    for (const cursor of ['x', 'bnVsbA', 'eyJiZWZvcmUiOiJ4In0', 'eyJiZWZvcmUiOjAuNX0', '', 'e30']) {
      const { status, body } = await send('get', `/jobs?cursor=${cursor}`, 'ann');
      expect(status, cursor).to.equal(400);
      expect(body, cursor).to.include({ code: 'invalid_cursor' });
    }
  });

  it('of chunks and results are filtered by job, stream and name', async () => {
    const [job, other] = [await jobOf(drs), await jobOf(drs)];
    for (const { id } of [job, other]) {
      const attempt = await TestAttempt.start(drs, id);
      await attempt.print('a', { stream: 'stderr', content: 'b' }, 'c');
      await attempt.leave({ 'x.txt': 'x', 'sub/y.txt': 'y' });
      await attempt.finish();
    }
    const contents = async (query: string) =>
      (await send('get', `/logs?${query}`, 'ann')).body.items.map(
        ({ content }: { content: string }) => content,
      );
    expect(await contents(`job=${job.id}`)).to.deep.equal(['c', 'b', 'a']);
    expect(await contents(`jobId=${job.id}&stream=stderr`)).to.deep.equal(['b']);
    expect(await contents('attempt=1')).to.have.length(6);
    expect(await contents('attempt=2')).to.deep.equal([]);
    const files = async (query: string) =>
      (await send('get', `/results?${query}`, 'ann')).body.items.map(
        ({ jobId, remoteFilename, size }: Record<string, unknown>) =>
          `${String(jobId)} ${String(remoteFilename)} ${String(size)}`,
      );
    expect(await files(`job=${job.id}`)).to.deep.equal([`${job.id} sub/y.txt 1`, `${job.id} x.txt 1`]);
    expect(await files('name=x.txt')).to.deep.equal([`${other.id} x.txt 1`, `${job.id} x.txt 1`]);
    expect((await send('get', '/results', 'bob')).body.items).to.deep.equal([]);
    const ofJob = await send('get', `/jobs/${job.id}/results?limit=1`, 'ann');
    expect(ofJob.body.items).to.have.length(1);
    expect(ofJob.headers.link).to.include(`</drs/jobs/${job.id}/results?limit=1&attempt=1&cursor=`);
  });
});

describe('lists under rules of the host', () => {
  it('fill their pages with what may be seen', async () => {
    const authorize = (user: User | null, _action: string, record: object | null) =>
      user !== null && (record === null || !('title' in record) || String(record.title).endsWith('0'));
    const drs = await instance({ authorize });
    const send = await ask(drs);
    for (let count = 0; count < 35; count += 1) await jobOf(drs, 'bob', `Job ${count}`);
    const titles = (body: { items: { title: string }[] }) => body.items.map(({ title }) => title);
    const first = await send('get', '/jobs?limit=3', 'ann');
    expect(titles(first.body)).to.deep.equal(['Job 30', 'Job 20', 'Job 10']);
    const second = await send('get', `/jobs?limit=3&cursor=${first.body.next}`, 'ann');
    expect(titles(second.body)).to.deep.equal(['Job 0']);
    expect(second.body.next).to.equal(null);
  });
});
