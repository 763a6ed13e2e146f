import { expect } from 'chai';
import { chmod, mkdtemp, readFile, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { local } from '../../lib/transports/local.js';
import type { Session } from '../../lib/transports/session.js';
import { ssh } from '../../lib/transports/ssh.js';
import { errorOf, runScript } from '../../lib/testing/contracts/run-script.js';
import { atEnd } from '../support/cleanup.js';
import { sharedSshd, startSshd, type Sshd, type SshdUserOptions } from '../support/sshd.js';
import { memoryHostKeys } from './memory-host-keys.js';

interface Account extends SshdUserOptions {
  /** The text of `~/.bashrc`. */
  bashrc?: string;
  sshd?: Sshd;
  privateKey?: string;
  greetingMs?: number;
}

interface SignedIn {
  session: Session;
  home: string;
  username: string;
  where: string;
}

/** Signs in as a new user of a real sshd. */
async function signIn({ bashrc, sshd, privateKey, greetingMs, ...user }: Account): Promise<SignedIn> {
  const server = sshd ?? (await sharedSshd());
  const { hostname, port } = server;
  const { username, password, home } = await server.addUser(user);
  if (bashrc !== undefined) await writeFile(join(home, '.bashrc'), bashrc);
  const transport = ssh({ hostKeys: memoryHostKeys(), ...(greetingMs && { greetingMs }) });
  atEnd(() => transport.close());
  const credential = privateKey ? { privateKey } : { password };
  const { session } = await transport.acquire({ hostname, port, username, credential });
  return { session, home, username, where: `${hostname}:${port}` };
}

/** A login shell of this text; every user may run it. */
async function shellOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drs-shell-'));
  const path = join(folder, 'shell');
  await writeFile(path, text);
  await chmod(folder, 0o755);
  await chmod(path, 0o755);
  return path;
}

const both = 'echo out; echo err >&2; exit 3';

describe('a session that the server ends before it runs anything', () => {
  it('is told with the words and the exit code of a forced command', async () => {
    const { private: privateKey, public: key } = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
    const forced = `command="echo 'Please sign in as \\"ubuntu\\" rather than \\"root\\".'; exit 142"`;
    const account = await signIn({ privateKey, publicKeys: [`${forced} ${key}`] });
    const error = await errorOf(account.session.start('echo', []));
    expect(error).to.include({ name: 'TransportError', code: 'shell_refused' });
    expect(error.message).to.equal(
      `${account.where} ended the session of ${account.username} before it ran anything (exit code 142). It said: "Please sign in as "ubuntu" rather than "root".".`,
    );
  });

  it('is told with the words of nologin', async () => {
    const { session } = await signIn({ shell: '/usr/sbin/nologin' });
    const error = await errorOf(session.start('echo', []));
    expect(error).to.include({ code: 'shell_refused' });
    expect(error.message).to.include('exit code 1').and.include('account is currently not available');
  });

  it('is told with the words of a restricted shell', async () => {
    const { session } = await signIn({ shell: '/bin/rbash' });
    const error = await errorOf(session.start('echo', []));
    expect(error).to.include({ code: 'shell_refused' });
    expect(error.message).to.include('restricted');
  });

  it('is told with what to look at when the server said nothing', async () => {
    const { session } = await signIn({ shell: await shellOf('#!/bin/sh\nexit 5\n') });
    const error = await errorOf(session.start('echo', []));
    expect(error).to.include({ code: 'shell_refused' });
    expect(error.message).to.include('exit code 5').and.include('said nothing').and.include('login shell');
  });

  it('is told by the signal that ended the shell', async () => {
    const { session } = await signIn({ bashrc: 'echo out of patience; kill -9 $$' });
    const error = await errorOf(session.start('echo', []));
    expect(error).to.include({ code: 'shell_refused' });
    expect(error.message).to.include('(SIGKILL)').and.include('"out of patience"');
  });

  it('is told though something left behind holds its output open', async () => {
    const { session } = await signIn({ bashrc: 'sleep 300 & echo no; exit 9' });
    expect((await errorOf(session.start('echo', []))).message)
      .to.include('exit code 9')
      .and.include('"no"');
  });

  it('counts as a refused sign-in when its password has expired', async () => {
    const words = 'WARNING: Your password has expired.\\nPassword change required but no TTY available.\\n';
    const { session } = await signIn({ shell: await shellOf(`#!/bin/sh\nprintf '${words}' >&2\nexit 1\n`) });
    const error = await errorOf(session.start('echo', []));
    expect(error).to.include({ code: 'auth_refused' });
    expect(error.message).to.include('the password has expired. Sign in by hand');
  });

  it('is told in at most 400 printable characters, the last ones', async () => {
    const flood = 'head -c 3000000 /dev/zero | tr "\\0" x';
    const colours = 'printf "\\033[31m\\033]0;title\\007 the  \\r\\n\\001 end\\0 ☃"';
    const { session } = await signIn({ bashrc: `${flood}; ${colours}; exit 1` });
    const { message } = await errorOf(session.start('echo', []));
    const words = /It said: "(.*)"\.$/.exec(message)?.[1] ?? '';
    expect(words).to.match(/^x+ the end ☃$/);
    expect([...words]).to.have.lengthOf(400);
  });

  it('leaves its place on the connection to the next', async () => {
    const { session, home } = await signIn({ bashrc: 'exit 1' });
    for (let count = 0; count < 12; count += 1)
      expect(await errorOf(session.start('echo', []))).to.include({ code: 'shell_refused' });
    await writeFile(join(home, '.bashrc'), '');
    expect((await runScript(session, both)).stdout).to.equal('out\n');
  });
});

describe('a login shell that waits', () => {
  const waiting: [string, string][] = [
    ['sleeps', 'echo "Type your project:"; exec sleep 1000'],
    ['reads', 'echo "Type your project:"; exec cat >/dev/null'],
  ];
  for (const [does, bashrc] of waiting) {
    it(`is told as silent, with its words, when it ${does}`, async () => {
      const { session, where } = await signIn({ bashrc, greetingMs: 700 });
      const error = await errorOf(session.start('echo', []));
      expect(error).to.include({ name: 'TransportError', code: 'shell_silent' });
      expect(error.message).to.equal(
        `${where} took the connection, but began no script within 0.7 s. Check that its login shell does not wait there. It said: "Type your project:".`,
      );
    });
  }

  it('is waited for as long as one call says', async () => {
    const { session } = await signIn({ bashrc: 'exec sleep 1000' });
    const error = await errorOf(session.start('echo', [], { greetingMs: 300 }));
    expect(error).to.include({ code: 'shell_silent' });
  });

  it('is waited for no longer than the caller wants, and is hung up on', async () => {
    const { session, home } = await signIn({ bashrc: 'echo $$ >>shells; [ -e go ] || exec sleep 1000' });
    const controller = new AbortController();
    const changes = watch(home, { signal: AbortSignal.timeout(20_000) });
    const { signal } = controller;
    const starting = errorOf(session.start('echo', [], { signal, endsItself: true }));
    for await (const { eventType } of changes) if (eventType === 'change') break;
    controller.abort(new Error('enough'));
    expect((await starting).message).to.equal('enough');
    await writeFile(join(home, 'go'), '');
    const [pid = ''] = (await readFile(join(home, 'shells'), 'utf8')).split('\n');
    const look = 'while kill -0 "$1" 2>/dev/null; do sleep 0.05; done; echo gone';
    expect((await runScript(session, look, [pid])).stdout).to.equal('gone\n');
  });

  it('gets nothing of the script, however it asks', async () => {
    const bashrc = 'IFS= read -r -t 1 x; printf %s "$x" >eaten; TMOUT=1; export TMOUT';
    const { session, home } = await signIn({ bashrc });
    expect(await runScript(session, both)).to.include({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 });
    expect(await readFile(join(home, 'eaten'), 'utf8')).to.equal('');
  });

  it('loses its connection with the words of a lost connection', async () => {
    const sshd = await startSshd();
    const { session } = await signIn({ bashrc: 'exec sleep 1000', sshd });
    const starting = errorOf(session.start('echo', []));
    await runScript((await signIn({ sshd })).session, 'exit 0');
    sshd.cut();
    expect(await starting).to.include({ code: 'connection_lost' });
  });
});

describe('what start-up files do', () => {
  it('is no output, though they say much', async () => {
    const noise = (letter: string) => `head -c 200000 /dev/zero | tr "\\0" ${letter}`;
    const { session } = await signIn({ bashrc: `${noise('a')}; ${noise('b')} >&2` });
    expect(await runScript(session, both)).to.include({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 });
  });

  it('is no output, though they trace every command', async () => {
    const { session } = await signIn({ bashrc: 'set -xv' });
    expect(await runScript(session, both)).to.include({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 });
  });

  it('may send stderr to stdout: the script is whole, and stderr is empty', async () => {
    const { session } = await signIn({ bashrc: 'echo hi; exec 2>&1' });
    expect(await runScript(session, both)).to.include({ stdout: 'out\nerr\n', stderr: '', exitCode: 3 });
  });

  it('may throw stderr away', async () => {
    const { session } = await signIn({ bashrc: 'echo hi >&2; exec 2>/dev/null' });
    expect(await runScript(session, both)).to.include({ stdout: 'out\n', stderr: '', exitCode: 3 });
  });

  it('may set options that are strict', async () => {
    const { session } = await signIn({ bashrc: 'set -eu; export SHELLOPTS; IFS=x; export IFS TMOUT=1' });
    expect(await runScript(session, both)).to.include({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 });
  });
});

describe('local()', () => {
  it('starts nothing, and leaves no process, when its caller no longer wants it', async () => {
    const transport = local();
    const { session } = await transport.acquire({ hostname: '', port: 0, username: '', credential: {} });
    const controller = new AbortController();
    const starting = errorOf(session.start('echo', [], { signal: controller.signal }));
    controller.abort(new Error('enough'));
    expect((await starting).message).to.equal('enough');
    expect(await runScript(session, both)).to.include({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 });
  });
});
