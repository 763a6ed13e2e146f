import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, get as httpGet, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import express from 'express';
import { safeName } from '../../lib/http/zip-results.js';
import { disk, drsRouter, type RemoteSubmission } from '../../lib/index.js';
import { apps, ask, asker, instance, jobOf, sharedInstance, TestAttempt, type Ask } from './support.js';

const names = ['fit.json', 'sub/päth ☃ 𝄞.txt', 'quo"te;.txt', 'page.html', 'leer zeichen .csv', 'emp.ty'];

for (const name of ['Express 5', 'Express 4']) {
  describe(`results, with ${name}`, () => {
    let drs: RemoteSubmission;
    let send: Ask;
    let jobId: number;
    let items: { id: number; remoteFilename: string; size: number }[];

    before(async () => {
      drs = await sharedInstance();
      send = asker((apps[name] as (typeof apps)[string])(drs));
      const attempt = await TestAttempt.start(drs, (await jobOf(drs)).id);
      jobId = attempt.claim.jobId;
      await attempt.leave(
        Object.fromEntries(names.map((name) => [name, name === 'emp.ty' ? '' : `content of ${name}`])),
      );
      await attempt.finish();
      items = (await send('get', `/jobs/${jobId}/results`, 'ann')).body.items;
    });

    const idOf = (name: string) => items.find(({ remoteFilename }) => remoteFilename === name)?.id;

    it('are listed by job', () => {
      expect(items.map(({ remoteFilename }) => remoteFilename)).to.have.members(names);
    });

    it('come as attachments under their own names', async () => {
      const expected: Record<string, string> = {
        'fit.json': 'attachment; filename="fit.json"',
        'sub/päth ☃ 𝄞.txt': `attachment; filename="päth ? ??.txt"; filename*=UTF-8''p%C3%A4th%20%E2%98%83%20%F0%9D%84%9E.txt`,
        'quo"te;.txt': 'attachment; filename="quo\\"te;.txt"',
      };
      for (const [name, disposition] of Object.entries(expected)) {
        const { headers } = await send('get', `/results/${idOf(name)}/file`, 'ann');
        expect(Buffer.from(headers['content-disposition'] ?? '', 'latin1').toString('latin1')).to.equal(
          disposition,
        );
      }
    });

    it('come whole, as bytes that no browser runs', async () => {
      const { status, headers, body } = await send('get', `/results/${idOf('page.html')}/file`, 'ann');
      expect(status).to.equal(200);
      expect(headers).to.include({
        'content-type': 'application/octet-stream',
        'x-content-type-options': 'nosniff',
        'accept-ranges': 'bytes',
        'content-length': String('content of page.html'.length),
      });
      expect((body as Buffer).toString()).to.equal('content of page.html');
      const empty = await send('get', `/results/${idOf('emp.ty')}/file`, 'ann');
      expect(empty.headers['content-length']).to.equal('0');
    });

    it('come in ranges, as long as they are the same', async () => {
      const path = `/results/${idOf('fit.json')}/file`;
      const part = await send('get', path, 'ann').set('range', 'bytes=0-6');
      expect(part.status).to.equal(206);
      // What compresses answers leaves these as they are.
      expect(part.headers['cache-control']).to.contain('no-transform');
      expect((part.body as Buffer).toString()).to.equal('content');
      const resumed = await send('get', path, 'ann')
        .set('range', 'bytes=8-')
        .set('if-range', part.headers.etag ?? '');
      expect((resumed.body as Buffer).toString()).to.equal('of fit.json');
      const other = await send('get', path, 'ann').set('range', 'bytes=8-').set('if-range', '"another"');
      expect(other.status).to.equal(200);
      expect((await send('get', path, 'ann').set('range', 'bytes=100-')).status).to.equal(416);
      expect((await send('head', path, 'ann')).headers['content-length']).to.equal('19');
    });

    it('come as one archive', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'drs-zip-'));
      const { headers, body } = await send('get', `/jobs/${jobId}/results.zip`, 'ann')
        .buffer(true)
        .parse((response, done) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () => done(null, Buffer.concat(parts)));
        });
      expect(headers['content-type']).to.equal('application/zip');
      expect(headers['content-disposition']).to.equal(`attachment; filename="job-${jobId}-1-results.zip"`);
      await writeFile(join(folder, 'a.zip'), body as Buffer);
      const program =
        'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])';
      const unpacked = spawnSync('python3', ['-c', program, join(folder, 'a.zip'), folder], {
        encoding: 'utf8',
      });
      expect(unpacked.stderr).to.equal('');
      for (const name of names.slice(0, 4)) {
        expect(await readFile(join(folder, name), 'utf8')).to.equal(`content of ${name}`);
      }
      await rm(folder, { recursive: true });
    });
  });
}

describe('results', () => {
  it('have names in an archive that stay inside it', () => {
    expect(safeName('../../etc/passwd')).to.equal('_/_/etc/passwd');
    expect(safeName('/etc/./passwd')).to.equal('etc/passwd');
    expect(safeName('..\\..\\a')).to.equal('.._.._a');
    expect(safeName('C:\\a\nb')).to.equal('C__a_b');
    expect(safeName('..')).to.equal('_');
    expect(safeName('')).to.equal('_');
  });

  it('whose files are gone answer 404, and say so', async () => {
    const drs = await sharedInstance();
    const attempt = await TestAttempt.start(drs, (await jobOf(drs)).id);
    await attempt.leave({ 'a.txt': 'a' });
    await attempt.finish();
    const result = await drs.models.Result.findOne({
      where: { jobId: attempt.claim.jobId },
      rejectOnEmpty: true,
    });
    await result.update({ storageKey: 'd'.repeat(result.storageKey.length) });
    const { status, body } = await (await ask(drs))('get', `/results/${result.id}/file`, 'ann');
    expect(status).to.equal(404);
    expect(body.code).to.equal('not_found');
  });

  it('close the stored file when the reader leaves', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'drs-abort-'));
    const stored = disk({ directory: folder });
    let closed: Promise<unknown> = Promise.resolve();
    const storage = {
      ...stored,
      open: async () => {
        // Endless: only the reader's leaving can end it.
        const content = new Readable({ read: () => content.push(Buffer.alloc(65_536)) });
        closed = new Promise((resolve) => content.on('error', resolve).on('close', resolve));
        return content;
      },
    };
    const drs = await instance({ storage });
    const attempt = await TestAttempt.start(drs, (await jobOf(drs)).id);
    await attempt.leave({ 'a.bin': 'x'.repeat(1_000_000) });
    await attempt.finish();
    const result = await drs.models.Result.findOne({ rejectOnEmpty: true });
    const server = await listening(createServer(express().use('/drs', drsRouter(drs))));
    const { port } = server.address() as AddressInfo;
    const asked = httpGet({ port, path: `/drs/results/${result.id}/file`, headers: { 'x-user': 'ann' } });
    const [response] = (await once(asked, 'response')) as [NodeJS.ReadableStream & { destroy(): void }];
    await once(response, 'readable');
    response.destroy();
    await closed;
    server.close();
    await rm(folder, { recursive: true });
  });
});

async function listening(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
