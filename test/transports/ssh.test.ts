import { expect } from 'chai';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { ensureCommand } from '../../lib/embedded/install.js';
import { freePort } from '../../lib/embedded/free-port.js';
import { addPublicKey, fingerprintOf, removePublicKey } from '../../lib/transports/authorized-keys.js';
import type { Credential, Target, Transport } from '../../lib/transports/session.js';
import { ssh, type SshOptions } from '../../lib/transports/ssh.js';
import { startSshServer, type SshServer } from '../../lib/testing/ssh-server.js';
import { errorOf, firstLine, runScript } from '../../lib/testing/contracts/run-script.js';
import { sharedSshd, startSshd, type Sshd, type SshdUser } from '../support/sshd.js';
import { memoryHostKeys } from './memory-host-keys.js';

const run = promisify(execFile);

describe('ssh()', () => {
  const open: { close(): Promise<void> }[] = [];
  let folder: string;

  const transport = (options: Partial<SshOptions> = {}): Transport => {
    const made = ssh({ hostKeys: memoryHostKeys(), ...options });
    open.push(made);
    return made;
  };
  const server = async (options: Partial<Parameters<typeof startSshServer>[0]> = {}): Promise<SshServer> => {
    const made = await startSshServer({ users: [{ username: 'ann', password: 'right' }], ...options });
    open.push(made);
    return made;
  };
  const at = (
    { hostname, port }: { hostname: string; port: number },
    credential: Credential = { password: 'right' },
  ): Target => ({
    hostname,
    port,
    username: 'ann',
    credential,
  });
  const hello = async (made: Transport, target: Target): Promise<string> => {
    const lease = await made.acquire(target);
    const { session } = lease;
    try {
      return (await runScript(session, 'echo hello')).stdout;
    } finally {
      lease.release();
    }
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drs-ssh-test-'));
    for (const [name, type, passphrase] of [
      ['plain', 'ed25519', ''],
      ['locked', 'ed25519', 'open sesame'],
      ['rsa', 'rsa', ''],
      ['pem', 'rsa', 'open sesame'],
    ] as const) {
      const format = name === 'pem' ? ['-m', 'PEM'] : [];
      await run('ssh-keygen', [
        '-q',
        '-t',
        type,
        ...format,
        '-N',
        passphrase,
        '-C',
        name,
        '-f',
        join(folder, name),
      ]);
    }
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const key = (name: string) => readFileSync(join(folder, name), 'utf8');
  const publicKey = (name: string) => key(`${name}.pub`).trim();

  describe('signing in', () => {
    const credentials: [string, () => Credential][] = [
      ['an Ed25519 key', () => ({ privateKey: key('plain') })],
      ['an RSA key', () => ({ privateKey: key('rsa') })],
      ['a key with a passphrase', () => ({ privateKey: key('locked'), passphrase: 'open sesame' })],
      ['a PEM key with a passphrase', () => ({ privateKey: key('pem'), passphrase: 'open sesame' })],
    ];
    for (const [name, credential] of credentials) {
      it(`works with ${name}, at OpenSSH and at the in-process server`, async () => {
        const publicKeys = ['plain', 'rsa', 'locked', 'pem'].map(publicKey);
        const sshd = await sharedSshd();
        const user = await sshd.addUser({ publicKeys });
        const inProcess = await server({ users: [{ username: 'ann', publicKeys }] });
        expect(await hello(transport(), { ...at(sshd, credential()), username: user.username })).to.equal(
          'hello\n',
        );
        expect(await hello(transport(), at(inProcess, credential()))).to.equal('hello\n');
      });
    }

    it('says that the password was refused, and as whom, at OpenSSH', async () => {
      const sshd = await sharedSshd();
      const { username } = sshd.user;
      const error = await errorOf(transport().acquire({ ...at(sshd, { password: 'wrong' }), username }));
      expect(error).to.include({ code: 'auth_refused', name: 'TransportError' });
      expect(error.message).to.include(
        `Cannot sign in to 127.0.0.1:${sshd.port} as ${username}: password refused.`,
      );
      expect(error.message).not.to.include('wrong');
    });

    it('tries a refused password once', async () => {
      const one = await server();
      expect(await errorOf(transport().acquire(at(one, { password: 'wrong' })))).to.include({
        code: 'auth_refused',
      });
      expect(one.signInCount).to.equal(1);
    });

    it('refuses a key that is not authorised', async () => {
      const sshd = await sharedSshd();
      const target = { ...at(sshd, { privateKey: key('plain') }), username: sshd.user.username };
      const error = await errorOf(transport().acquire(target));
      expect(error).to.include({ code: 'auth_refused' });
      expect(error.message).to.include('key refused');
    });

    it('offers nothing but what was given', async () => {
      const one = await server();
      expect(await errorOf(transport().acquire(at(one, {})))).to.include({ code: 'auth_refused' });
      expect(one.signInCount).to.equal(0);
    });

    it('names a wrong passphrase, a missing one, and a key that is none', async () => {
      const one = await server();
      const attempts = [
        { privateKey: key('locked'), passphrase: 'no' },
        { privateKey: key('pem'), passphrase: 'no' },
        { privateKey: key('locked') },
        { privateKey: 'nonsense' },
      ];
      const errors = await Promise.all(
        attempts.map((credential) => errorOf(transport().acquire(at(one, credential)))),
      );
      expect(errors.map(({ code }) => code)).to.deep.equal(Array(4).fill('key_unusable'));
      expect(errors[0]?.message).to.include('passphrase of the private key is wrong');
      expect(errors[1]?.message).to.include('passphrase of the private key is wrong');
      expect(errors[2]?.message).to.include('Give its passphrase');
      expect(errors[3]?.message).to.include('cannot be read');
      expect(one.connectionCount).to.equal(0);
    });

    it('answers the prompt of a server that takes passwords by keyboard-interactive only', async () => {
      const one = await server({ keyboardInteractive: true });
      expect(await hello(transport(), at(one))).to.equal('hello\n');
      const error = await errorOf(transport().acquire(at(one, { password: 'wrong' })));
      expect(error).to.include({ code: 'auth_refused' });
      expect(error.message).to.include('password refused');
    });

    it('answers the prompt of OpenSSH with PAM', async () => {
      const config = ['UsePAM yes', 'PasswordAuthentication no', 'KbdInteractiveAuthentication yes'];
      const sshd = await startSshd({ config });
      open.push({ close: () => sshd.stop() });
      const { username, password } = sshd.user;
      expect(await hello(transport(), { ...at(sshd, { password }), username })).to.equal('hello\n');
    });

    it('does not answer prompts that ask for something else', async () => {
      const answers: string[] = [];
      const one = await promptingServer([{ prompt: 'One-time password (OTP): ', echo: false }], answers);
      open.push(one);
      const error = await errorOf(transport().acquire(at(one)));
      expect(error).to.include({ code: 'auth_refused' });
      expect(error.message).to.include('One-time password');
      const two = await promptingServer([{ prompt: 'Password: ', echo: true }], answers);
      open.push(two);
      expect(await errorOf(transport().acquire(at(two)))).to.include({ code: 'auth_refused' });
      const three = await promptingServer(
        [{ prompt: 'Password: ' }, { prompt: 'PIN: ' }].map((p) => ({ ...p, echo: false })),
        answers,
      );
      open.push(three);
      expect(await errorOf(transport().acquire(at(three)))).to.include({ code: 'auth_refused' });
      expect(answers).to.deep.equal([]);
    });

    it('works with an agent, and says so when the agent does not run', async () => {
      const socket = join(folder, 'agent.sock');
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
      open.push({ close: async () => void agent.kill() });
      await once(agent.stdout, 'data');
      const env = { ...process.env, SSH_AUTH_SOCK: socket };
      await run('ssh-add', ['-q', join(folder, 'rsa')], { env });
      await run('ssh-add', ['-q', join(folder, 'plain')], { env });
      const sshd = await sharedSshd();
      const { username } = await sshd.addUser({ publicKeys: [publicKey('plain')] });
      expect(await hello(transport(), { ...at(sshd, { agent: socket }), username })).to.equal('hello\n');
      const error = await errorOf(
        transport().acquire({ ...at(sshd, { agent: join(folder, 'none.sock') }), username }),
      );
      expect(error).to.include({ code: 'key_unusable' });
      expect(error.message).to.include('none.sock');
    });

    it('says what else the server asks for', async () => {
      const sshd = await startSshd({ config: ['AuthenticationMethods publickey,password'] });
      open.push({ close: () => sshd.stop() });
      const { username } = await sshd.addUser({ publicKeys: [publicKey('plain')] });
      const error = await errorOf(
        transport().acquire({ ...at(sshd, { privateKey: key('plain') }), username }),
      );
      expect(error).to.include({ code: 'auth_refused' });
      expect(error.message).to.include('key accepted, but the server also asks for password');
    });
  });

  describe('reaching a machine', () => {
    it('names a host that is not known', async () => {
      const error = await errorOf(transport().acquire(at({ hostname: 'no-such-host.invalid', port: 22 })));
      expect(error).to.include({ code: 'unreachable' });
      expect(error.message).to.include('no-such-host.invalid:22').and.include('Check the host name');
    });

    it('names a port that nobody listens on', async () => {
      const port = await freePort();
      const error = await errorOf(transport().acquire(at({ hostname: '127.0.0.1', port })));
      expect(error).to.include({ code: 'unreachable' });
      expect(error.message).to.include('nothing listens there');
    });

    it('gives up on a machine that accepts and says nothing, within the deadline', async () => {
      const silent = createServer(() => undefined).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      open.push({ close: async () => void silent.close() });
      const { port } = silent.address() as AddressInfo;
      const error = await errorOf(
        transport({ connectTimeoutMs: 200 }).acquire(at({ hostname: '127.0.0.1', port })),
      );
      expect(error).to.include({ code: 'unreachable' });
      expect(error.message).to.include('did not answer within 0.2 s');
    });

    it('names a machine that is no SSH server', async () => {
      const rude = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(
        0,
        '127.0.0.1',
      );
      await once(rude, 'listening');
      open.push({ close: async () => void rude.close() });
      const { port } = rude.address() as AddressInfo;
      expect(await errorOf(transport().acquire(at({ hostname: '127.0.0.1', port })))).to.include({
        code: 'unreachable',
      });
    });

    it('stops waiting for a connection when its caller does', async () => {
      const silent = createServer(() => undefined).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      open.push({ close: async () => void silent.close() });
      const { port } = silent.address() as AddressInfo;
      const controller = new AbortController();
      const acquiring = errorOf(
        transport().acquire(at({ hostname: '127.0.0.1', port }), { signal: controller.signal }),
      );
      controller.abort(new Error('enough'));
      expect((await acquiring).message).to.equal('enough');
    });
  });

  describe('host keys', () => {
    it('are pinned at first use', async () => {
      const one = await server();
      const hostKeys = memoryHostKeys();
      await hello(transport({ hostKeys }), at(one));
      expect(hostKeys.known.get(`127.0.0.1:${one.port}`)).to.deep.equal({
        type: 'ssh-ed25519',
        key: one.hostKey,
        fingerprint: fingerprintOf(one.hostKey),
        isApproved: false,
        isTrusted: true,
      });
      expect(await hello(transport({ hostKeys }), at(one))).to.equal('hello\n');
    });

    it('that have changed are refused before a password is sent', async () => {
      const hostKeys = memoryHostKeys();
      const old = await server();
      await hello(transport({ hostKeys }), at(old));
      await old.close();
      const impostor = await server({ port: old.port });
      const error = await errorOf(transport({ hostKeys }).acquire(at(impostor)));
      expect(error).to.include({ code: 'host_key_changed' });
      expect(error.message).to.include(`127.0.0.1:${old.port}`);
      expect(error.message)
        .to.include(fingerprintOf(old.hostKey))
        .and.include(fingerprintOf(impostor.hostKey));
      expect([impostor.connectionCount, impostor.signInCount]).to.deep.equal([1, 0]);
      expect(hostKeys.known.get(`127.0.0.1:${old.port}`)?.key).to.equal(old.hostKey);
    });

    it('are asked for by the pinned type, so that a server with several keys has not changed', async () => {
      const sshd = await startSshd({ hostKeyTypes: ['rsa', 'ed25519'] });
      open.push({ close: () => sshd.stop() });
      const { hostname, port, user, hostKey } = sshd;
      const hostKeys = memoryHostKeys();
      const pinned = { type: 'ssh-rsa', key: hostKey, fingerprint: fingerprintOf(hostKey), isApproved: true };
      hostKeys.known.set(`${hostname}:${port}`, pinned);
      const target = { hostname, port, username: user.username, credential: { password: user.password } };
      expect(await hello(transport({ hostKeys }), target)).to.equal('hello\n');
    });

    it('wait for approval, before a password is sent, where approval is asked for', async () => {
      const one = await server();
      const hostKeys = memoryHostKeys();
      const careful = transport({ hostKeys, policy: 'approved-only' });
      const error = await errorOf(careful.acquire(at(one)));
      expect(error).to.include({ code: 'host_key_unapproved' });
      expect(error.message).to.include(fingerprintOf(one.hostKey));
      expect(one.signInCount).to.equal(0);
      const seen = hostKeys.known.get(`127.0.0.1:${one.port}`);
      expect(seen).to.include({ key: one.hostKey, isApproved: false });
      expect(await errorOf(careful.acquire(at(one)))).to.include({ code: 'host_key_unapproved' });
      if (seen) seen.isApproved = true;
      expect(await hello(careful, at(one))).to.equal('hello\n');
    });

    it('that another process pinned meanwhile count', async () => {
      const one = await server();
      const other = await server();
      const hostKeys = memoryHostKeys();
      const quicker = {
        type: 'ssh-ed25519',
        key: other.hostKey,
        fingerprint: fingerprintOf(other.hostKey),
        isApproved: true,
      };
      const racing = { find: hostKeys.find.bind(hostKeys), remember: async () => quicker };
      expect(await errorOf(transport({ hostKeys: racing }).acquire(at(one)))).to.include({
        code: 'host_key_changed',
      });
      expect(one.signInCount).to.equal(0);
    });

    it('that cannot be looked up stop the sign-in, with the reason', async () => {
      const one = await server();
      const hostKeys = {
        find: () => Promise.reject(new Error('database away')),
        remember: () => Promise.reject(new Error('no')),
      };
      expect((await errorOf(transport({ hostKeys }).acquire(at(one)))).message).to.equal('database away');
    });
  });

  describe('connections', () => {
    it('stay warm, and are shared by those with the same credential only', async () => {
      const one = await server({
        users: [{ username: 'ann', password: 'right', publicKeys: [publicKey('plain')] }],
      });
      const made = transport();
      for (let count = 0; count < 5; count += 1) await hello(made, at(one));
      expect(one.connectionCount).to.equal(1);
      await hello(made, at(one, { privateKey: key('plain') }));
      expect(one.connectionCount).to.equal(2);
      expect(await errorOf(made.acquire(at(one, { password: 'wrong' })))).to.include({
        code: 'auth_refused',
      });
    });

    it('carry 8 scripts each, and one handshake is shared by all who wait', async () => {
      const one = await server();
      const made = transport();
      const leases = await Promise.all(Array.from({ length: 20 }, () => made.acquire(at(one))));
      expect(one.connectionCount).to.equal(1);
      const scripts = await Promise.all(leases.map(({ session }) => session.start('read line', [])));
      expect(one.connectionCount).to.equal(3);
      for (const { stdin, stdout, stderr } of scripts)
        [stdout, stderr].map((stream) => stream.resume() && stdin.end());
      await Promise.all(scripts.map(({ end }) => end));
      for (const lease of leases) lease.release();
    });

    it('of a server with a small MaxSessions are opened as needed', async () => {
      const sshd = await startSshd({ config: ['MaxSessions 2'] });
      open.push({ close: () => sshd.stop() });
      const { username, password } = sshd.user;
      const lease = await transport().acquire({ ...at(sshd, { password }), username });
      const { session } = lease;
      const runs = await Promise.all(
        Array.from({ length: 7 }, () => runScript(session, 'sleep 0.2; echo done')),
      );
      expect(runs.map(({ stdout }) => stdout)).to.deep.equal(Array(7).fill('done\n'));
      lease.release();
    });

    it('that take no command at all are said to', async () => {
      const sshd = await startSshd({ config: ['MaxSessions 0'] });
      open.push({ close: () => sshd.stop() });
      const { username, password } = sshd.user;
      const lease = await transport().acquire({ ...at(sshd, { password }), username });
      const { session } = lease;
      expect(await errorOf(session.start('echo', []))).to.include({ code: 'unreachable' });
      lease.release();
    });

    it('that are idle are closed', async () => {
      const one = await server();
      const made = transport({ idleMs: 20 });
      const lease = await made.acquire(at(one));
      const { session } = lease;
      expect((await runScript(session, 'echo')).exitCode).to.equal(0);
      const closed = one.whenConnectionsEnded();
      lease.release();
      await closed;
      await hello(made, at(one));
      expect(one.connectionCount).to.equal(2);
    });

    it('that are lost end their scripts with connection_lost, and leave the pool', async () => {
      const sshd = await startSshd();
      open.push({ close: () => sshd.stop() });
      const { username, password } = sshd.user;
      const target = { ...at(sshd, { password }), username };
      const made = transport();
      const lease = await made.acquire(target);
      const { session } = lease;
      const scripts = await Promise.all(
        Array.from({ length: 3 }, () => session.start('echo up; sleep 300', [])),
      );
      await Promise.all(scripts.map(firstLine));
      const [watched, , unwatched] = scripts;
      const ended = once(unwatched?.stdout.resume() ?? process, 'end');
      sshd.cut();
      const error = await errorOf(watched?.end ?? Promise.resolve());
      expect(error).to.include({ code: 'connection_lost' });
      expect(error.message).to.include(`127.0.0.1:${sshd.port}`);
      await ended;
      expect((await runScript(session, 'echo again')).stdout).to.equal('again\n');
      lease.release();
      await sshd.restart();
      expect(await hello(made, target)).to.equal('hello\n');
    });

    it('that a server half-opens and then forgets have a deadline for each start', async () => {
      const one = await server();
      const made = transport({ startTimeoutMs: 200 });
      const lease = await made.acquire(at(one));
      const { session } = lease;
      one.freeze();
      expect(await errorOf(session.start('echo', []))).to.include({ code: 'deadline_passed' });
      expect((await runScript(session, 'echo anew')).stdout).to.equal('anew\n');
      lease.release();
    });

    it('are made anew after retire, while scripts under way run on', async () => {
      const one = await server();
      const made = transport();
      const lease = await made.acquire(at(one));
      const { session } = lease;
      const script = await session.start('read line; echo "$line"', []);
      made.retire({ hostname: one.hostname, port: one.port, username: 'ann' });
      expect(await hello(made, at(one))).to.equal('hello\n');
      expect(one.connectionCount).to.equal(2);
      script.stderr.resume();
      script.stdin.end('still here\n');
      expect(await firstLine(script)).to.equal('still here');
      lease.release();
    });

    it('end with the transport, with those that are being made', async () => {
      const one = await server();
      const made = transport();
      const { session } = await made.acquire(at(one));
      const script = await session.start('echo up; cat', []);
      await firstLine(script);
      const acquiring = errorOf(made.acquire({ ...at(one), username: 'bob' }));
      const closed = one.whenConnectionsEnded();
      await made.close();
      expect(await errorOf(script.end)).to.include({ code: 'connection_lost' });
      expect(await acquiring).to.include({ code: 'connection_lost' });
      await closed;
      expect(await errorOf(made.acquire(at(one)))).to.include({ code: 'connection_lost' });
      expect(await errorOf(session.start('echo', []))).to.include({ code: 'connection_lost' });
    });
  });

  describe('keys in authorized_keys', () => {
    for (const [shell, debianPackage] of [
      ['bash', 'bash'],
      ['dash', 'dash'],
      ['tcsh', 'tcsh'],
      ['fish', 'fish'],
      ['zsh', 'zsh'],
    ] as const) {
      it(`are added once and removed exactly, for a user with ${shell} as the login shell`, async () => {
        const { user, target } = await userWith(shell, debianPackage);
        const made = transport();
        const lease = await made.acquire(target);
        const { session } = lease;
        expect(await addPublicKey(session, publicKey('plain'))).to.equal(true);
        expect(await addPublicKey(session, publicKey('plain'))).to.equal(false);
        expect(readFileSync(join(user.home, '.ssh/authorized_keys'), 'utf8')).to.equal(
          `${publicKey('plain')}\n`,
        );
        const withKey = { ...target, credential: { privateKey: key('plain') } };
        expect(await hello(made, withKey)).to.equal('hello\n');
        expect(await removePublicKey(session, publicKey('plain'))).to.equal(true);
        expect(await removePublicKey(session, publicKey('plain'))).to.equal(false);
        made.retire({ hostname: target.hostname, port: target.port });
        expect(await errorOf(made.acquire(withKey))).to.include({ code: 'auth_refused' });
        lease.release();
      });
    }
  });

  async function userWith(
    shell: string,
    debianPackage: string,
  ): Promise<{ user: SshdUser; target: Target; sshd: Sshd }> {
    const sshd = await sharedSshd();
    const user = await sshd.addUser({ shell: await ensureCommand({ command: shell, debianPackage }) });
    const target = { ...at(sshd, { password: user.password }), username: user.username };
    return { user, target, sshd };
  }
});

/** Asks these prompts, and keeps what is answered. */
async function promptingServer(prompts: ssh2.Prompt[], answers: string[]) {
  const { private: hostKey } = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
  const made = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
      context.prompt(prompts, (given) => {
        if (Array.isArray(given)) answers.push(...given);
        context.reject();
      });
    });
  });
  made.listen(0, '127.0.0.1');
  await once(made, 'listening');
  return {
    hostname: '127.0.0.1',
    port: (made.address() as AddressInfo).port,
    close: async () => void made.close(),
  };
}
