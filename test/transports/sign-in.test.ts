import { expect } from 'chai';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorOf } from '../../lib/testing/contracts/run-script.js';
import { atEnd } from '../support/cleanup.js';
import { startSshd, type Sshd, type SshdUser } from '../support/sshd.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { hello, keyPair, targetAt, type KeyPair } from './support.js';

const run = promisify(execFile);

/** An agent with these keys, in order. Resolves to its socket. */
async function agentWith(keys: readonly KeyPair[]): Promise<string> {
  const socket = join(await temporaryFolder('keys'), 'agent.sock');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  atEnd(async () => void agent.kill());
  await once(agent.stdout, 'data');
  for (const { path } of keys) {
    await run('ssh-add', ['-q', path], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  }
  return socket;
}

describe('signing in with key and password together', () => {
  let key: KeyPair;
  let other: KeyPair;
  before(async () => {
    [key, other] = await Promise.all([keyPair(), keyPair()]);
  });

  interface Place {
    sshd: Sshd;
    user: SshdUser;
    tries: () => string[];
  }

  /** A server that asks so, and somebody who may use the key there. */
  const serverThat = async (...config: string[]): Promise<Place> => {
    const sshd = await startSshd({ config });
    const user = await sshd.addUser({ publicKeys: [key.publicKey] });
    const tries = () =>
      [...sshd.log().matchAll(/^((?:Accepted|Failed|Partial) \S+) for/gm)].map(([, words]) => words ?? '');
    return { sshd, user, tries };
  };
  const refusal = async ({ sshd, user }: Place, credential: object): Promise<string> => {
    const { username } = user;
    const error = await errorOf(hello(targetAt(sshd, { username, ...credential })));
    expect(error).to.include({ code: 'auth_refused' });
    return error.message;
  };
  const promptsOnly = ['UsePAM yes', 'PasswordAuthentication no', 'KbdInteractiveAuthentication yes'];
  const orders: [string, string[]][] = [
    ['a key, then a password', ['AuthenticationMethods publickey,password']],
    ['a password, then a key', ['AuthenticationMethods password,publickey']],
    ['a key, then a prompt', ['AuthenticationMethods publickey,keyboard-interactive', ...promptsOnly]],
    ['a prompt, then a key', ['AuthenticationMethods keyboard-interactive,publickey', ...promptsOnly]],
    ['either of them', []],
  ];
  for (const [words, config] of orders) {
    it(`works at a server that asks for ${words}`, async () => {
      const { sshd, user } = await serverThat(...config);
      const { username, password } = user;
      const { privateKey } = key;
      expect(await hello(targetAt(sshd, { username, password, privateKey }))).to.equal('hello\n');
      expect(sshd.log()).not.to.match(/^Failed (?!none)/m);
    });
  }

  it('offers the password once the key was refused, and neither of them twice', async () => {
    const place = await serverThat();
    const { username, password } = place.user;
    const { privateKey } = other;
    expect(await hello(targetAt(place.sshd, { username, password, privateKey }))).to.equal('hello\n');
    expect(await refusal(place, { password: 'wrong', privateKey })).to.contain(
      'key refused, password refused',
    );
    const failed = place.tries().filter((words) => /^Failed (publickey|password)/.test(words));
    expect(failed).to.deep.equal(['Failed publickey', 'Failed publickey', 'Failed password']);
  });

  it('says which of both was refused', async () => {
    const place = await serverThat('AuthenticationMethods publickey,password');
    const { privateKey } = key;
    expect(await refusal(place, { privateKey, password: 'wrong' })).to.contain(
      'key accepted, password refused',
    );
    const { password } = place.user;
    expect(await refusal(place, { privateKey: other.privateKey, password })).to.contain(
      'key refused, password not asked for',
    );
  });

  it('says what the server asks for besides the one that was given', async () => {
    const both = await serverThat('AuthenticationMethods publickey,password');
    const { password } = both.user;
    const { privateKey } = key;
    expect(await refusal(both, { privateKey })).to.contain(
      'key accepted, but the server also asks for password',
    );
    expect(await refusal(both, { password })).to.contain('the server asks for publickey');
    const reverse = await serverThat('AuthenticationMethods password,publickey');
    const early = await refusal(reverse, { privateKey });
    expect(early).to.contain('the server asks for password').and.contain('Give all that it asks for');
    expect(early).not.to.contain('authorized_keys');
    expect(await refusal(reverse, { password: reverse.user.password })).to.contain(
      'password accepted, but the server also asks for publickey',
    );
  });

  it('works with a key of an agent and a password', async () => {
    const agent = await agentWith([other, key]);
    const { sshd, user } = await serverThat('AuthenticationMethods publickey,password');
    const { username, password } = user;
    expect(await hello(targetAt(sshd, { username, password, agent }))).to.equal('hello\n');
    expect(await refusal({ sshd, user, tries: () => [] }, { password: 'wrong', agent })).to.contain(
      'key of the agent accepted, password refused',
    );
    expect(await refusal({ sshd, user, tries: () => [] }, { agent })).to.contain(
      'key of the agent accepted, but the server also asks for password',
    );
  });
});

describe('an agent with more keys than the server lets try', () => {
  let agent: string;
  let keys: KeyPair[];
  before(async () => {
    keys = await Promise.all(Array.from({ length: 7 }, () => keyPair()));
    agent = await agentWith(keys);
  });

  it('is told how many were offered, and in the words of the server why no more', async () => {
    const sshd = await startSshd({ config: ['MaxAuthTries 6'] });
    const { username } = await sshd.addUser({ publicKeys: [keys[6]?.publicKey ?? ''] });
    const error = await errorOf(hello(targetAt(sshd, { username, agent })));
    expect(error).to.include({ code: 'auth_refused' });
    expect(error.message)
      .to.contain('6 of the 7 keys of the agent were refused')
      .and.contain('Too many authentication failures')
      .and.contain('privateKey');
  });

  it('is told that every key was refused where all were tried', async () => {
    const sshd = await startSshd({ config: ['MaxAuthTries 20'] });
    const { username } = sshd.user;
    const error = await errorOf(hello(targetAt(sshd, { username, agent })));
    expect(error.message).to.contain('all 7 keys of the agent were refused');
  });

  it('that has none is told so', async () => {
    const sshd = await startSshd();
    const { username } = sshd.user;
    const error = await errorOf(hello(targetAt(sshd, { username, agent: await agentWith([]) })));
    expect(error.message).to.contain('the agent holds no key');
  });
});
