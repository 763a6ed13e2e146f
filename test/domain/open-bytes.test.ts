import { expect } from 'chai';
import { buffer, text } from 'node:stream/consumers';
import type { RemoteSubmission } from '../../lib/index.js';
import { jobOf, sharedInstance, TestAttempt } from '../http/support.js';

const ann = { id: 'id-of-ann', username: 'ann' };
const bob = { id: 'id-of-bob', username: 'bob' };
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'opened',
    ({ code }: { code: string }) => code,
  );

describe('stored bytes, opened by host code', () => {
  let drs: RemoteSubmission;
  let jobId: number;
  let resultId: number;
  before(async () => {
    drs = await sharedInstance();
    jobId = (await jobOf(drs)).id;
    const first = await TestAttempt.start(drs, jobId);
    await first.print('of the first\n');
    await first.finish();
    const attempt = await TestAttempt.start(drs, jobId);
    await attempt.print('one\n', { stream: 'stderr', content: Buffer.from([0xff, 0]) }, 'two\n');
    await attempt.leave({ 'a.txt': '0123456789' });
    await attempt.finish();
    const result = await drs.models.Result.findOne({ where: { jobId } });
    resultId = result?.id ?? 0;
  });

  it('are a result, whole or a range of it that may reach beyond its end', async () => {
    expect(await text(await drs.results.open(resultId))).to.equal('0123456789');
    expect(await text(await drs.results.open(resultId, { start: 2, end: 4 }))).to.equal('234');
    expect(await text(await drs.results.open(resultId, { start: 8, end: 400 }))).to.equal('89');
    expect(await text(await drs.results.open(resultId, { start: 10, end: 400 }))).to.equal('');
  });

  it('are a stream of the newest attempt, or of the one asked for, byte for byte', async () => {
    expect(await text(await drs.logs.open(jobId))).to.equal('one\ntwo\n');
    expect([...(await buffer(await drs.logs.open(jobId, { stream: 'stderr' })))]).to.deep.equal([0xff, 0]);
    expect(await text(await drs.logs.open(jobId, { attempt: 1 }))).to.equal('of the first\n');
  });

  it('are none of a job that was never submitted', async () => {
    const { id } = await jobOf(drs);
    expect(await text(await drs.logs.open(id))).to.equal('');
  });

  it('are refused where the user who is named may not see them', async () => {
    expect(await text(await drs.results.open(resultId, undefined, { as: ann }))).to.equal('0123456789');
    expect(await codeOf(drs.results.open(resultId, undefined, { as: bob }))).to.equal('not_found');
    expect(await codeOf(drs.logs.open(jobId, { as: bob }))).to.equal('not_found');
    expect(await codeOf(drs.logs.open(jobId, { as: null } as never))).to.equal('unauthenticated');
  });

  for (const [what, open, code] of [
    ['of a result that is not there', () => drs.results.open(2 ** 40), 'not_found'],
    ['of no result', () => drs.results.open('7; DROP' as never), 'not_found'],
    ['of an attempt that was not', () => drs.logs.open(jobId, { attempt: 3 }), 'not_found'],
    ['of another stream', () => drs.logs.open(jobId, { stream: 'stdin' } as never), 'invalid_input'],
    ['by a name that is not known', () => drs.logs.open(jobId, { from: 1 } as never), 'invalid_input'],
    ['backwards', () => drs.results.open(resultId, { start: 5, end: 4 }), 'invalid_input'],
    ['from before the beginning', () => drs.results.open(resultId, { start: -1, end: 4 }), 'invalid_input'],
  ] as const) {
    it(`are refused ${what}`, async () => {
      expect(await codeOf(open())).to.equal(code);
    });
  }
});
