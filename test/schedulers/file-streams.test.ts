import { expect } from 'chai';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { FileStreams } from '../../lib/schedulers/file-streams.js';
import type { FetchRequest } from '../../lib/schedulers/scheduler.js';
import { takeTar } from '../../lib/schedulers/take-tar.js';
import { errorOf } from '../../lib/testing/contracts/run-script.js';

const file = (name: string) => ({ name, size: 1, signature: `find ${name}` });

function tarOf(name: string): Promise<Buffer> {
  const made = pack();
  made.entry({ name }, 'x');
  made.finalize();
  return buffer(made);
}

function streams(onFile: FetchRequest['onFile']): FileStreams {
  return new FileStreams([file('one'), file('two')], { onFile, stop: () => undefined });
}

describe('files that come one after the other', () => {
  it('come to an end in the second batch when the first one could not be taken', async () => {
    let fail: (reason: Error) => void = () => undefined;
    const failing = new Promise<void>((_resolve, reject) => (fail = reject));
    const taken = streams(() => failing);
    taken.beginTar();
    await taken.write(await tarOf('one'));
    taken.end();
    taken.beginTar();
    await taken.write(await tarOf('two'));
    fail(new Error('the disk is full'));
    expect((await errorOf(taken.settled())).message).to.equal('the disk is full');
    taken.end();
  });

  it('come to an end when the server broke off before the turn of the second batch', async () => {
    let go: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (go = resolve));
    const names: string[] = [];
    const taken = streams(async ({ name }, content) => {
      names.push(name);
      await waiting;
      await buffer(content);
    });
    taken.beginTar();
    await taken.write(await tarOf('one'));
    taken.end();
    taken.beginTar();
    taken.destroy();
    go();
    await taken.settled();
    expect(names).to.deep.equal(['one']);
  });

  it('are no failure of who takes them when the server breaks off within one', async () => {
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const taken = streams(async (_file, content) => {
      begin();
      await buffer(content);
    });
    taken.beginTar();
    await taken.write((await tarOf('one')).subarray(0, 512));
    await begun;
    taken.destroy();
    await taken.settled();
    expect([...taken.whole]).to.deep.equal([]);
  });

  it('end with a tar that is destroyed before it is read, or meanwhile, with an error or without', async () => {
    for (const reason of [undefined, new Error('broken off')]) {
      const before = new PassThrough().on('error', () => undefined);
      before.destroy(reason);
      await takeTar(before, async () => undefined).catch(() => undefined);
      const meanwhile = new PassThrough().on('error', () => undefined);
      const taking = takeTar(meanwhile, async () => undefined).catch(() => undefined);
      meanwhile.write((await tarOf('one')).subarray(0, 100));
      meanwhile.destroy(reason);
      await taking;
    }
  });

  it('tear a file whose tar is destroyed without an error', async () => {
    const tar = new PassThrough();
    const torn = takeTar(tar, async (_name, _size, content) => {
      setImmediate(() => tar.destroy());
      await buffer(content);
    });
    tar.write((await tarOf('one')).subarray(0, 512));
    await errorOf(torn);
  });
});
