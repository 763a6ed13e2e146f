import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import type { Response } from 'supertest';
import type { z } from 'zod';
import type { RemoteSubmission } from '../../lib/index.js';
import { jobLogsSchema } from '../../lib/protocol/schemas/log-schemas.js';
import { apps, asker, ask, jobOf, sharedInstance, TestAttempt, type Ask } from './support.js';

type JobLogs = z.infer<typeof jobLogsSchema>;

describe('the routes of output', () => {
  let drs: RemoteSubmission;
  let send: Ask;

  before(async () => {
    drs = await sharedInstance();
    send = await ask(drs);
  });

  async function attemptOfNewJob(): Promise<TestAttempt> {
    return TestAttempt.start(drs, (await jobOf(drs)).id);
  }

  it('give chunks in order, page by page', async () => {
    const attempt = await attemptOfNewJob();
    await attempt.print('a', { stream: 'stderr', content: 'é' }, 'c');
    const path = `/jobs/${attempt.claim.jobId}/logs`;
    const first = await send('get', `${path}?limit=2`, 'ann');
    expect(jobLogsSchema.parse(first.body).items.map(({ time: _time, ...chunk }) => chunk)).to.deep.equal([
      { seq: 1, stream: 'stdout', offset: 0, content: 'a', line: 1, linesBefore: 0 },
      { seq: 2, stream: 'stderr', offset: 0, content: 'é', line: 2, linesBefore: 1 },
    ]);
    expect(first.body.next).to.equal(2);
    const second = await send('get', `${path}?limit=2&after=2`, 'ann');
    expect(second.body.items[0]).to.include({ seq: 3, offset: 1, content: 'c' });
    expect(second.body.next).to.equal(null);
    expect((await send('get', `${path}?after=3`, 'ann')).body).to.deep.equal({ items: [], next: null });
  });

  it('give any piece: the end, what is before a chunk, and what begins at a line', async () => {
    const attempt = await attemptOfNewJob();
    const path = `/jobs/${attempt.claim.jobId}/logs`;
    for (let n = 0; n < 10; n += 1) await attempt.print(`${2 * n + 1}\n${2 * n + 2}\n`);
    const seqs = async (query: string) => {
      const { items, next } = (await send('get', `${path}?${query}`, 'ann')).body as JobLogs;
      return [items.map(({ seq }) => seq), next];
    };
    expect(await seqs('before=2147483647&limit=2')).to.deep.equal([[9, 10], null]);
    expect(await seqs('before=9&limit=3')).to.deep.equal([[6, 7, 8], 8]);
    expect(await seqs('before=9&maxBytes=12')).to.deep.equal([[7, 8], 8]);
    expect(await seqs('before=1')).to.deep.equal([[], null]);
    expect(await seqs('line=12&limit=2')).to.deep.equal([[6, 7], 7]);
    expect(await seqs('line=5000')).to.deep.equal([[10], null]);
    const { body } = await send('get', `${path}?line=11&limit=1`, 'ann');
    expect(body.items[0]).to.include({ seq: 6, line: 11, linesBefore: 10, content: '11\n12\n' });
    expect((await send('get', `${path}?line=11&after=1`, 'ann')).body.problems).to.have.length(2);
  });

  it('bound a page by its bytes', async () => {
    const attempt = await attemptOfNewJob();
    const mebibyte = 'x'.repeat(1024 * 1024);
    for (let count = 0; count < 6; count += 1) await attempt.print(mebibyte);
    const { body } = await send('get', `/jobs/${attempt.claim.jobId}/logs`, 'ann');
    expect(body.items.length).to.be.within(1, 5);
    expect(body.next).to.equal(body.items.at(-1).seq);
    const flat = await send('get', `/logs?job=${attempt.claim.jobId}`, 'ann');
    expect(flat.body.items.length).to.be.within(1, 5);
    const rest = await send('get', `/logs?job=${attempt.claim.jobId}&cursor=${flat.body.next}`, 'ann');
    expect(flat.body.items.length + (rest.body.items.length as number)).to.equal(6);
  });

  it('mean the newest attempt when none is named', async () => {
    const attempt = await attemptOfNewJob();
    await attempt.print('first');
    await attempt.finish();
    const { jobId } = attempt.claim;
    const second = await TestAttempt.start(drs, jobId);
    await second.print('second');
    expect((await send('get', `/jobs/${jobId}/logs`, 'ann')).body.items[0].content).to.equal('second');
    expect((await send('get', `/jobs/${jobId}/logs?attempt=1`, 'ann')).body.items[0].content).to.equal(
      'first',
    );
    expect((await send('get', `/jobs/${jobId}/log?attempt=1`, 'ann')).text).to.equal('first');
    expect((await send('get', `/jobs/${jobId}/log?attempt=3`, 'ann')).status).to.equal(404);
    await second.finish();
  });

  it('are empty before the first submit', async () => {
    const { id } = await jobOf(drs);
    expect((await send('get', `/jobs/${id}/logs`, 'ann')).body).to.deep.equal({ items: [], next: null });
    const raw = await send('get', `/jobs/${id}/log`, 'ann');
    expect(raw.status).to.equal(200);
    expect(raw.headers['content-length']).to.equal('0');
  });

  it('refuse streams and attempts that are none', async () => {
    const { id } = await jobOf(drs);
    for (const query of [
      'log?stream=stdin',
      'log?attempt=-1',
      'logs?limit=1001',
      'logs?after=-1',
      'logs?x=1',
    ]) {
      expect((await send('get', `/jobs/${id}/${query}`, 'ann')).status, query).to.equal(400);
    }
  });

  for (const name of ['Express 5', 'Express 4']) {
    describe(`byte for byte, with ${name}`, () => {
      let get: Ask;
      let path: string;
      const small = Array.from({ length: 700 }, (_, index) => randomBytes(1 + (index % 50)));
      const large = randomBytes(900_000);
      const errors = randomBytes(1000);
      const written = Buffer.concat([...small, large, Buffer.from('end')]);

      before(async () => {
        get = asker((apps[name] as (typeof apps)[string])(drs));
        const attempt = await attemptOfNewJob();
        path = `/jobs/${attempt.claim.jobId}/log`;
        await attempt.print(...small.map((content) => ({ content })));
        await attempt.print({ stream: 'stderr', content: errors }, { content: large }, 'end');
      });

      const bytes = (path: string) => get('get', path, 'ann').buffer(true).parse(collect);

      it('give each stream exactly as it was written', async () => {
        const stdout = await bytes(path);
        expect(Buffer.compare(stdout.body as Buffer, written)).to.equal(0);
        expect(stdout.headers).to.include({
          'content-type': 'text/plain; charset=utf-8',
          'content-length': String(written.length),
          'accept-ranges': 'bytes',
          'x-content-type-options': 'nosniff',
        });
        expect(stdout.headers['content-disposition']).to.match(/^inline; filename="job-\d+-1-stdout\.txt"$/);
        const stderr = await bytes(`${path}?stream=stderr`);
        expect(Buffer.compare(stderr.body as Buffer, errors)).to.equal(0);
      });

      it('give ranges', async () => {
        const size = written.length;
        const ranges: [string, number, number][] = [
          ['bytes=0-0', 0, 0],
          ['bytes=5-5000', 5, 5000],
          [`bytes=${size - 3}-`, size - 3, size - 1],
          ['bytes=-10', size - 10, size - 1],
          ['bytes=300000-900000', 300_000, Math.min(900_000, size - 1)],
          [`bytes=10-${size + 100}`, 10, size - 1],
        ];
        for (const [range, start, end] of ranges) {
          const { status, headers, body } = await bytes(path).set('range', range);
          expect(status, range).to.equal(206);
          expect(headers['cache-control']).to.contain('no-transform');
          expect(headers['content-range'], range).to.equal(`bytes ${start}-${end}/${size}`);
          expect(Buffer.compare(body as Buffer, written.subarray(start, end + 1)), range).to.equal(0);
        }
      });

      it('refuse ranges beyond the end, and ignore those that are none', async () => {
        const beyond = await bytes(path).set('range', `bytes=${written.length}-`);
        expect(beyond.status).to.equal(416);
        expect(beyond.headers['content-range']).to.equal(`bytes */${written.length}`);
        expect(beyond.headers['content-type']).to.match(/^application\/problem\+json/);
        for (const range of ['lines=1-2', 'bytes=x', 'bytes=0-1,5-6']) {
          expect((await bytes(path).set('range', range)).status, range).to.equal(200);
        }
      });

      it('answer HEAD without the bytes', async () => {
        const { status, headers, text } = await get('head', path, 'ann');
        expect(status).to.equal(200);
        expect(headers['content-length']).to.equal(String(written.length));
        expect(text).to.equal(undefined);
      });
    });
  }
});

function collect(response: Response, done: (error: Error | null, body: Buffer) => void): void {
  const parts: Buffer[] = [];
  response.on('data', (part: Buffer) => parts.push(part));
  response.on('end', () => done(null, Buffer.concat(parts)));
}
