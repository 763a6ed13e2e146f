import { createClock } from '@sinonjs/fake-timers';
import { expect } from 'chai';
import { PassThrough } from 'node:stream';
import { callScript, readScript, sendTo } from '../../lib/schedulers/script-call.js';
import { local } from '../../lib/transports/local.js';
import type { ScriptEnd, Session } from '../../lib/transports/session.js';
import { isServerAway } from '../../lib/worker/endings.js';
import { errorOf } from '../../lib/testing/contracts/run-script.js';

const say = `say() { printf '\\036%s %s\\n' "$mark" "$*"; }\n`;

describe('a call of a script', () => {
  let session: Session;

  before(async () => {
    const target = { hostname: '', port: 0, username: '', credential: {} };
    ({ session } = await local().acquire(target));
  });

  /** What came, in order for each stream. */
  const read = async (script: string, args: string[] = []) => {
    const seen = { stdout: [] as string[], stderr: [] as string[] };
    const call = await callScript(session, say + script, { args });
    call.script.stdin.end();
    await readScript(call, {
      onLine: (stream, line) => void seen[stream].push(`line ${line}`),
      onOutput: (stream, bytes) => void seen[stream].push(bytes.toString()),
    });
    return seen;
  };

  it('tells its lines, by the mark that it finds in $mark, from its output', async () => {
    const script = 'say ready "$1"; echo out; say done; say hello >&2; echo err >&2';
    expect(await read(script, ['a b'])).to.deep.equal({
      stdout: ['line ready a b', 'out\n', 'line done'],
      stderr: ['line hello', 'err\n'],
    });
  });

  it('counts nothing as output that a stream holds before its first line', async () => {
    const script = 'no-such-helper; echo early; say ready; echo out; say hello >&2; echo err >&2';
    expect(await read(script)).to.deep.equal({
      stdout: ['line ready', 'out\n'],
      stderr: ['line hello', 'err\n'],
    });
  });

  it('that fails is told with what the shell complained of', async () => {
    const error = await errorOf(read('say hello; mkdir /proc/none/such; exit 3'));
    expect(error).to.include({ code: 'script_broken' });
    expect(error.message).to.match(
      /ended with exit code 3\. It said: "mkdir: .*No such file or directory"\.$/,
    );
  });

  it('that fails is told with what it said on stderr where nobody reads that', async () => {
    const script = "say hello >&2; printf '\\033[1m%0300d no  room\\n' 0 >&2; exit 3";
    const call = await callScript(session, say + script, { args: [] });
    const { message } = await errorOf(readScript(call, {}));
    const words = /It said: "(.*)"\.$/.exec(message)?.[1];
    expect(words)
      .to.match(/^0+ … 0+ no room$/)
      .and.have.length.within(290, 300);
  });

  it('that fails without a word is told with what to look at', async () => {
    const { message } = await errorOf(read('say hello; echo output; exit 3'));
    expect(message).to.include('It said nothing. Is the disk full there, or can no process more be started?');
  });

  it('that was ended is told by the signal', async () => {
    expect((await errorOf(read('kill -9 $$'))).message).to.include('ended by SIGKILL. It said nothing.');
  });

  describe('that is silent', () => {
    // Of its own: a clock put in place of the process's would stop what else runs in it.
    const clock = createClock();

    /** A script that says what the test lets it say. */
    const fake = async (mostMs: number, reader: Parameters<typeof readScript>[1] = {}) => {
      const stdout = new PassThrough();
      const stderr = new PassThrough();
      const stdin = new PassThrough();
      let isClosed = false;
      let end: (end: ScriptEnd) => void = () => undefined;
      let lose: (error: Error) => void = () => undefined;
      const ended = new Promise<ScriptEnd>((resolve, reject) => ([end, lose] = [resolve, reject]));
      const close = (): void => {
        isClosed = true;
        for (const stream of [stdin, stdout, stderr]) stream.destroy();
      };
      const silent: Session = { start: async () => ({ stdin, stdout, stderr, end: ended, close }) };
      const call = await callScript(silent, '', {
        args: [],
        silence: { mostMs, doing: 'files were listed', timers: clock },
      });
      const say = (words: string): boolean => stdout.write(`\x1e${call.mark} ${words}\n`);
      const finish = (): void => {
        for (const stream of [stdout, stderr]) stream.end();
        end({ exitCode: 0, signal: null });
      };
      const reading = readScript(call, reader);
      reading.catch(() => undefined);
      return { call, say, finish, lose, stdin, stdout, stderr, isClosed: () => isClosed, reading };
    };

    /** What is on its way has arrived. */
    const settle = async (): Promise<void> => {
      for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    const passes = async (ms: number): Promise<void> => {
      await settle();
      clock.tick(ms);
      await settle();
    };

    it('is given up, and told as a server that is away', async () => {
      const { say, reading, isClosed } = await fake(300_000);
      say('hello');
      await passes(299_999);
      expect(isClosed()).to.equal(false);
      await passes(1);
      const error = await errorOf(reading);
      expect(error).to.include({ code: 'deadline_passed' });
      expect(isServerAway(error)).to.equal(true);
      expect(error.message).to.equal('The server has said nothing for 5 min while files were listed.');
      expect(isClosed()).to.equal(true);
    });

    it('is waited for as long as it says anything on either stream', async () => {
      const { stdout, stderr, reading, finish } = await fake(100);
      for (const stream of [stdout, stderr, stdout, stderr]) {
        stream.write('.');
        await passes(99);
      }
      finish();
      await reading;
    });

    it('is waited for while it is our reader that is slow, and no longer', async () => {
      let take: () => void = () => undefined;
      const onOutput = (): Promise<void> => new Promise((resolve) => (take = resolve));
      const { say, stdout, reading, isClosed } = await fake(100, { onOutput });
      say('hello');
      stdout.write('output');
      await passes(10_000);
      expect(isClosed()).to.equal(false);
      take();
      await passes(100);
      expect((await errorOf(reading)).message).to.include('has said nothing for 0.1 s');
    });

    it('leaves no timer behind when the connection is lost while our reader is slow', async () => {
      let take: () => void = () => undefined;
      const onOutput = (): Promise<void> => new Promise((resolve) => (take = resolve));
      const { say, stdout, reading, lose } = await fake(100, { onOutput });
      say('hello');
      stdout.write('output');
      await passes(0);
      lose(new Error('lost'));
      expect((await errorOf(reading)).message).to.equal('lost');
      take();
      await passes(0);
      expect(clock.countTimers()).to.equal(0);
    });

    it('is waited for while it takes what it is sent, and no longer', async () => {
      const { call, stdin, reading, isClosed } = await fake(100);
      sendTo(call, Buffer.alloc(1024 * 1024));
      for (let turns = 0; turns < 8; turns += 1) {
        await passes(100);
        stdin.read(64 * 1024);
      }
      expect(isClosed()).to.equal(false);
      await passes(100);
      await passes(100);
      expect(await errorOf(reading)).to.include({ code: 'deadline_passed' });
    });
  });
});
