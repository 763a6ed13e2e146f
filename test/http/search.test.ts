import { expect } from 'chai';
import type { RemoteSubmission } from '../../lib/index.js';
import { logHitsSchema } from '../../lib/protocol/schemas/log-schemas.js';
import { ask, jobOf, sharedInstance, TestAttempt, type Ask, type Output } from './support.js';

describe('a search in the output', () => {
  let drs: RemoteSubmission;
  let send: Ask;

  before(async () => {
    drs = await sharedInstance();
    send = await ask(drs);
  });

  async function printed(...outputs: (string | Output)[]): Promise<number> {
    const attempt = await TestAttempt.start(drs, (await jobOf(drs)).id);
    await attempt.print(...outputs);
    await attempt.finish();
    return attempt.claim.jobId;
  }

  const err = (content: string): Output => ({ stream: 'stderr', content });

  async function search(jobId: number, q: string, more = '') {
    const { status, body } = await send(
      'get',
      `/jobs/${jobId}/search?q=${encodeURIComponent(q)}${more}`,
      'ann',
    );
    expect(status).to.equal(200);
    return logHitsSchema.parse(body);
  }

  /** `line×hits@seq` of each line. */
  async function found(jobId: number, q: string, more = ''): Promise<string[]> {
    return (await search(jobId, q, more)).items.map(({ line, hits, seq }) => `${line}×${hits}@${seq}`);
  }

  it('finds lines, whatever the case, with how often the text is there', async () => {
    const jobId = await printed('one\nTwo two\n', 'three\nTWO (x.y)\n');
    expect(await search(jobId, 'two')).to.deep.equal({
      items: [
        { line: 2, seq: 1, stream: 'stdout', hits: 2 },
        { line: 4, seq: 2, stream: 'stdout', hits: 1 },
      ],
      hits: 3,
      next: null,
    });
    expect(await found(jobId, '(x.y)')).to.deep.equal(['4×1@2']);
    for (const text of ['-', '/', '[', ']', '{', '\\', '$', '^', '|', '*']) {
      expect(await found(jobId, text), text).to.deep.equal([]);
    }
    expect(await found(jobId, 'xzy')).to.deep.equal([]);
  });

  it('finds what lies across chunks, also where the other stream printed in between', async () => {
    const jobId = await printed(
      'a\nne',
      err('nee\nwa'),
      'edle\nnee',
      'd',
      'le ',
      err('rn'),
      'need\nle needle\n',
    );
    expect(await found(jobId, 'needle')).to.deep.equal(['2×1@3', '5×1@5', '6×1@7']);
    expect(await found(jobId, 'warn')).to.deep.equal(['4×1@6']);
    expect(await found(jobId, 'warn', '&stream=stdout')).to.deep.equal([]);
    expect(await found(await printed('aa', 'a', 'a\n', 'a'), 'aa')).to.deep.equal(['1×1@1', '1×1@3']);
  });

  it('looks through colours and other control sequences, also where they are cut', async () => {
    const jobId = await printed(
      '\u001b[31mERR\u001b[1;4mOR\u001b[0m: disk\n',
      'ER\u001b[3',
      '1mROR\u001b]8;;http://error\u0007link\u001b]8;;\u0007\n',
      'ER\u001b',
      '[KROR\u001b(B!\n',
    );
    expect(await found(jobId, 'error')).to.deep.equal(['1×1@1', '2×1@3', '3×1@5']);
    expect(await found(jobId, 'ERROR: disk')).to.deep.equal(['1×1@1']);
    expect(await found(jobId, '31m')).to.deep.equal([]);
    expect(await found(jobId, 'error!')).to.deep.equal(['3×1@5']);
  });

  it('finds text in any script, and bears bytes that are none', async () => {
    const jobId = await printed({ content: Buffer.from([0, 255, 10]) }, 'Größe 漢字 😀\n', {
      content: Buffer.from([0xe6]),
    });
    for (const text of ['GRÖSSE'.replace('SS', 'ß'), '漢', '😀'])
      expect(await found(jobId, text)).to.deep.equal(['2×1@2']);
  });

  it('goes on where the answer before ended, without a gap or a repeat', async () => {
    const line = 'x needle y\n';
    const parts = Array.from({ length: 60 }, (_, n) => `${line}nee`.slice(0, 11 + (n % 4)));
    const jobId = await printed(...parts.flatMap((part) => [part, err('e')]));
    const whole = await search(jobId, 'needle');
    expect(whole.hits).to.be.at.least(60);
    const items: object[] = [];
    let pages = 0;
    for (let next: number | null = 0; next !== null; pages += 1) {
      const page = await search(jobId, 'needle', `&limit=7&after=${next}`);
      items.push(...page.items);
      next = page.next;
    }
    expect(items).to.deep.equal(whole.items);
    expect(pages).to.be.at.least(8);
  });

  it('refuses what cannot be searched for', async () => {
    const { id } = await jobOf(drs);
    for (const query of [
      '',
      'q=',
      'q=a%0Ab',
      `q=${'x'.repeat(501)}`,
      'q=x&limit=10001',
      'q=x&stream=stdin',
    ]) {
      expect((await send('get', `/jobs/${id}/search?${query}`, 'ann')).status, query).to.equal(400);
    }
    expect(await search(id, 'x')).to.deep.equal({ items: [], hits: 0, next: null });
  });
});
