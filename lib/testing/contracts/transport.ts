/** What every transport must do; each adapter runs it. */

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { Session, SessionLease, Target, Transport } from '../../transports/session.js';
import { errorOf, firstLine, runScript } from './run-script.js';
import { globalRunner, type TestRunner } from './test-runner.js';

/** A transport, and where it signs in. */
export interface TransportUnderTest {
  transport: Transport;
  target: Target;
}

const nasty = [
  '',
  "it's",
  '"double"',
  'a\nb\n\n',
  '\n',
  '!! !$ !x',
  '$HOME ${HOME} $(id) `id`',
  "\\ \\\\ \\n \\' \\0101 \\",
  '-n',
  '%s %b %%',
  'tab\tand  two spaces ',
  '* ? [a] ~ {a,b} #x ^y',
  '; & | < > ( )',
  'naïve ☃ 𝄞 日本語',
  '\u001b[31m\u0007\r',
];

/**
 * Defines the tests of a transport, against a machine with a POSIX shell.
 *
 * @param name its name in the titles
 * @param open makes the transport and says where to sign in; closed after the suite
 * @param runner default: the global functions of mocha
 * @throws TypeError when there is no test runner
 * @example transportContract('ssh', openTransport);
 */
export function transportContract(
  name: string,
  open: () => Promise<TransportUnderTest>,
  runner: TestRunner = globalRunner(),
): void {
  const { describe, it, before, after } = runner;
  describe(`${name} is a transport`, () => {
    let transport: Transport;
    let target: Target;
    let lease: SessionLease;
    let session: Session;

    before(async () => {
      ({ transport, target } = await open());
      lease = await transport.acquire(target);
      session = lease.session;
    });

    after(async () => {
      lease.release();
      lease.release();
      await transport.close();
    });

    it('keeps the two output streams apart', async () => {
      const run = await runScript(session, 'echo one; echo two >&2');
      assert.deepEqual(run, { stdout: 'one\n', stderr: 'two\n', exitCode: 0, signal: null });
    });

    it('gives the arguments to the script exactly', async () => {
      const { stdout } = await runScript(session, 'printf "%s\\0" "$#" "$@"', nasty);
      assert.deepEqual(stdout.split('\0'), [String(nasty.length), ...nasty, '']);
    });

    it('runs a script of many lines with quotes, as it is', async () => {
      const script = `# a comment with a quote: don't\nfor word in 'a b' "c!d"; do\n\techo "$word" \\\n  next\ndone\ncat <<'END'\n$x \\ !\nEND\n`;
      assert.equal((await runScript(session, script)).stdout, 'a b next\nc!d next\n$x \\ !\n');
    });

    it('starts in the home directory', async () => {
      const { stdout } = await runScript(session, 'pwd -P; cd "$HOME" && pwd -P');
      const [started, home] = stdout.split('\n');
      assert.equal(started, home);
    });

    it('passes the bytes of stdin unchanged', async () => {
      const bytes = randomBytes(3_000_000);
      const script = await session.start('echo reads; cat', []);
      assert.equal(await firstLine(script), 'reads');
      const [output] = await Promise.all([
        buffer(script.stdout),
        text(script.stderr),
        pipeline(Readable.from([bytes]), script.stdin),
      ]);
      assert.equal(output.equals(bytes), true);
      assert.deepEqual(await script.end, { exitCode: 0, signal: null });
    });

    it('half-closes: the script writes on after its input has ended', async () => {
      const script = await session.start('echo reads; cat >/dev/null; echo done; echo err >&2', []);
      assert.equal(await firstLine(script), 'reads');
      script.stdin.end('input');
      assert.deepEqual(await Promise.all([text(script.stdout), text(script.stderr)]), ['done\n', 'err\n']);
    });

    it('reports exit codes', async () => {
      assert.equal((await runScript(session, 'exit 7')).exitCode, 7);
      assert.equal((await runScript(session, 'no-such-program-here')).exitCode, 127);
    });

    it('knows the end of scripts that end at once, a hundred times', async () => {
      for (let count = 0; count < 100; count += 1) {
        const run = await runScript(session, `echo ${count}; exit ${count}`);
        assert.deepEqual(run, { stdout: `${count}\n`, stderr: '', exitCode: count, signal: null });
      }
    });

    it('reports the signal that ended the shell', async () => {
      // mksh makes an exit code of TERM where it leads no process group.
      const { exitCode, signal } = await runScript(session, 'kill -s KILL $$');
      assert.deepEqual({ exitCode, signal }, { exitCode: null, signal: 'SIGKILL' });
    });

    it('brings 50 MB whole to a slow reader, without holding them in memory', async () => {
      const script = await session.start('head -c 50000000 /dev/zero | tr "\\0" x', []);
      script.stdin.end();
      script.stderr.resume();
      const hash = createHash('sha256');
      let length = 0;
      let peak = 0;
      for await (const chunk of script.stdout as AsyncIterable<Buffer>) {
        hash.update(chunk);
        length += chunk.length;
        peak = Math.max(peak, script.stdout.readableLength);
        await new Promise(setImmediate);
      }
      await script.end;
      assert.equal(length, 50_000_000);
      assert.equal(
        hash.digest('hex'),
        createHash('sha256').update(Buffer.alloc(50_000_000, 'x')).digest('hex'),
      );
      assert.ok(peak < 4_000_000);
    });

    it('lets a writer wait when the script does not read', async () => {
      const script = await session.start('echo reads; read line; wc -c', []);
      assert.equal(await firstLine(script), 'reads');
      script.stdin.write('go\n');
      const [output] = await Promise.all([
        text(script.stdout),
        text(script.stderr),
        pipeline(Readable.from(Array.from({ length: 200 }, () => Buffer.alloc(65_536))), script.stdin),
      ]);
      assert.equal(output.trim(), String(200 * 65_536));
    });

    it('fails a writer, and does not hang, when the script ends without reading', async () => {
      const script = await session.start('exit 0', []);
      for (const stream of [script.stdout, script.stderr]) stream.resume();
      const written = pipeline(
        Readable.from(Array.from({ length: 400 }, () => Buffer.alloc(65_536))),
        script.stdin,
      );
      assert.ok((await errorOf(written)) instanceof Error);
      assert.equal((await script.end).exitCode, 0);
    });

    it('keeps both streams whole when slow readers fill the windows of one after the other', async () => {
      const flood = (letter: string) => `head -c 6000000 /dev/zero | tr "\\0" ${letter}`;
      const script = await session.start(
        `${flood('a')}; ${flood('b')} >&2; ${flood('c')}; ${flood('d')} >&2`,
        [],
      );
      script.stdin.end();
      const [stdout, stderr] = await Promise.all([readSlowly(script.stdout), readSlowly(script.stderr)]);
      const expected = (first: string, second: string) => first.repeat(6_000_000) + second.repeat(6_000_000);
      assert.deepEqual([stdout === expected('a', 'c'), stderr === expected('b', 'd')], [true, true]);
      assert.equal((await script.end).exitCode, 0);
    });

    it('is not stalled by a flood on stderr', async () => {
      const flood =
        'head -c 20000000 /dev/zero | tr "\\0" e >&2; echo through; head -c 20000000 /dev/zero | tr "\\0" e >&2; echo end';
      const { stdout, stderr } = await runScript(session, flood);
      assert.equal(stdout, 'through\nend\n');
      assert.equal(stderr.length, 40_000_000);
    });

    it('keeps both streams whole when both flood at once', async () => {
      const flood =
        '(i=0; while [ $i -lt 40 ]; do head -c 250000 /dev/zero | tr "\\0" o; i=$((i+1)); done) & (i=0; while [ $i -lt 40 ]; do head -c 250000 /dev/zero | tr "\\0" e >&2; i=$((i+1)); done); wait';
      const { stdout, stderr } = await runScript(session, flood);
      assert.deepEqual([stdout.length, stderr.length], [10_000_000, 10_000_000]);
      assert.deepEqual([/^o*$/.test(stdout), /^e*$/.test(stderr)], [true, true]);
    });

    it('leaves a detached process alive when it closes the script', async () => {
      const script = await session.start(
        'setsid sh -c "echo \\$\\$; exec sleep 300" </dev/null 2>/dev/null & wait; sleep 300',
        [],
      );
      const pid = await firstLine(script);
      script.close();
      assert.equal((await errorOf(script.end)).code, 'connection_lost');
      const { stdout } = await runScript(session, 'kill -0 "$1" && echo alive; kill "$1"', [pid]);
      assert.equal(stdout, 'alive\n');
    });

    it('ends the streams of a script that is let go', async () => {
      const script = await session.start('echo started; sleep 300', []);
      await firstLine(script);
      const closed = [script.stdout, script.stderr].map((stream) => once(stream, 'close'));
      script.close();
      script.close();
      await Promise.all(closed);
    });

    it('ends a script by its signal', async () => {
      const controller = new AbortController();
      const script = await session.start('echo started; sleep 300', [], { signal: controller.signal });
      await firstLine(script);
      controller.abort(new Error('enough'));
      assert.equal((await errorOf(script.end)).message, 'enough');
    });

    it('starts nothing, and acquires nothing, with a signal that is aborted already', async () => {
      const signal = AbortSignal.abort(new Error('too late'));
      assert.equal((await errorOf(session.start('echo', [], { signal }))).message, 'too late');
      assert.equal((await errorOf(transport.acquire(target, { signal }))).message, 'too late');
    });

    it('runs two scripts at a time', async () => {
      const waiting = await session.start('echo reads; read line; echo "got $line"', []);
      assert.equal(await firstLine(waiting), 'reads');
      assert.equal((await runScript(session, 'echo meanwhile')).stdout, 'meanwhile\n');
      waiting.stdin.end('it\n');
      waiting.stderr.resume();
      assert.equal(await text(waiting.stdout), 'got it\n');
    });

    it('runs 20 scripts at a time', async () => {
      const scripts = await Promise.all(
        Array.from({ length: 20 }, () => session.start('echo up; read line; echo "$line"', [])),
      );
      await Promise.all(scripts.map(firstLine));
      const outputs = scripts.map((script) => text(script.stdout));
      scripts.forEach((script, index) => {
        script.stderr.resume();
        script.stdin.end(`${index}\n`);
      });
      assert.deepEqual(
        await Promise.all(outputs),
        scripts.map((_, index) => `${index}\n`),
      );
      assert.equal(
        (await Promise.all(scripts.map(({ end }) => end))).every(({ exitCode }) => exitCode === 0),
        true,
      );
    });

    it('lets scripts under way run on when it retires their machine, and signs in for what comes next', async () => {
      const running = await session.start('echo reads; read line; echo "got $line"', []);
      assert.equal(await firstLine(running), 'reads');
      transport.retire(target);
      const next = await transport.acquire(target);
      assert.equal((await runScript(next.session, 'echo anew')).stdout, 'anew\n');
      next.release();
      running.stdin.end('it\n');
      assert.equal(await text(running.stdout), 'got it\n');
    });

    it('gives the script no secret of this process', async () => {
      process.env.DRS_SECRET = 'sentinel-secret-of-this-process';
      const { stdout } = await runScript(session, 'env');
      delete process.env.DRS_SECRET;
      assert.ok(stdout.includes('PATH=') && !stdout.includes('sentinel-secret'));
    });
  });
}

async function readSlowly(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  }
  return Buffer.concat(chunks).toString();
}
