import { expect } from 'chai';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCommand } from '../../lib/embedded/install.js';
import { addPublicKey, removePublicKey } from '../../lib/transports/authorized-keys.js';
import type { Session } from '../../lib/transports/session.js';
import { errorOf } from '../../lib/testing/contracts/run-script.js';
import { shellSession } from '../support/shell-session.js';

/** Keys of the right form, told apart by their last bytes. */
function makeKey(bytes: number[], comment = ''): string {
  const blob = Buffer.concat([Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0 ', 'latin1'), Buffer.alloc(32)]);
  Buffer.from(bytes).copy(blob, blob.length - bytes.length);
  return `ssh-ed25519 ${blob.toString('base64')} ${comment}`.trim();
}

const key = makeKey([1, 2, 3], 'drs@portal');
const bare = key.split(' ').slice(0, 2).join(' ');
const blob = key.split(' ')[1] ?? '';
const other = makeKey([9, 9, 9], 'other');

for (const shell of ['dash', 'bash', 'busybox']) {
  describe(`authorized_keys, by ${shell} as sh`, () => {
    let home: string;
    let session: Session;
    let file: string;

    before(function () {
      this.timeout(300_000);
      return ensureCommand({ command: shell, debianPackage: shell });
    });
    beforeEach(async () => {
      home = await mkdtemp(join(tmpdir(), 'drs-keys-'));
      session = await shellSession(await ensureCommand({ command: shell, debianPackage: shell }), home);
      file = join(home, '.ssh', 'authorized_keys');
    });
    afterEach(() => rm(home, { recursive: true, force: true }));

    const write = async (content: string) => {
      await mkdir(join(home, '.ssh'), { recursive: true, mode: 0o700 });
      await writeFile(file, content);
    };
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

    it('is made with the right permissions', async () => {
      expect(await addPublicKey(session, key)).to.equal(true);
      expect(await readFile(file, 'utf8')).to.equal(`${key}\n`);
      expect([await mode(join(home, '.ssh')), await mode(file)]).to.deep.equal(['700', '600']);
      expect(await readdir(join(home, '.ssh'))).to.deep.equal(['authorized_keys']);
    });

    it('gets a key once, whatever options and comment its line has', async () => {
      for (const line of [
        bare,
        `${bare} another comment`,
        `  \t${bare}`,
        `command="echo \\"a b\\" #",no-pty ${bare} x`,
        `${bare}\r`,
      ]) {
        await write(`${other}\n${line}\n`);
        await chmod(file, 0o644);
        expect(await addPublicKey(session, key), line).to.equal(false);
        expect(await readFile(file, 'utf8')).to.equal(`${other}\n${line}\n`);
        expect(await mode(file)).to.equal('600');
      }
    });

    it('gets a key that is only mentioned there', async () => {
      const lines = [
        `# ${key}`,
        `${other} ${blob}`,
        `command="x ${bare} y" ${other}`,
        `${key.split(' ')[0]} ${blob}AAAA`,
        `${bare.slice(0, -4)}`,
        `x${bare}`,
      ];
      await write(`${lines.join('\n')}\n`);
      expect(await addPublicKey(session, key)).to.equal(true);
      expect(await readFile(file, 'utf8')).to.equal(`${lines.join('\n')}\n${key}\n`);
      expect(await removePublicKey(session, key)).to.equal(true);
      expect(await readFile(file, 'utf8')).to.equal(`${lines.join('\n')}\n`);
    });

    it('keeps the last line whole when it has no newline', async () => {
      await write(other);
      expect(await addPublicKey(session, key)).to.equal(true);
      expect(await readFile(file, 'utf8')).to.equal(`${other}\n${key}\n`);
    });

    it('loses every line of the key, and keeps the others byte by byte', async () => {
      const kept = ['# comment \\n %s  ', '', `  ${other}`, 'caf\u00e9 \ttab', `from="10.0.0.1" ${other}\r`];
      const [first = '', ...rest] = kept;
      await write([first, bare, ...rest.slice(0, 2), `no-pty ${key}`, ...rest.slice(2)].join('\n'));
      expect(await removePublicKey(session, key)).to.equal(true);
      expect(await readFile(file, 'utf8')).to.equal(kept.join('\n'));
      expect(await mode(file)).to.equal('600');
    });

    it('ends in a newline when the key was the last line, without one', async () => {
      await write(`${other}\n${key}`);
      expect(await removePublicKey(session, key)).to.equal(true);
      expect(await readFile(file, 'utf8')).to.equal(`${other}\n`);
    });

    it('is empty, but there, when its only key was removed', async () => {
      await write(`${key}\n`);
      expect(await removePublicKey(session, key)).to.equal(true);
      expect(await readFile(file, 'utf8')).to.equal('');
    });

    it('is not made by a removal', async () => {
      expect(await removePublicKey(session, key)).to.equal(false);
      expect((await readdir(home)).includes('.ssh')).to.equal(false);
    });

    it('stays a link when it is one', async () => {
      await mkdir(join(home, 'dotfiles'));
      await mkdir(join(home, '.ssh'));
      await writeFile(join(home, 'dotfiles', 'keys'), `${other}\n`);
      await symlink('../dotfiles/keys', file);
      expect(await addPublicKey(session, key)).to.equal(true);
      expect((await lstat(file)).isSymbolicLink()).to.equal(true);
      expect(await readlink(file)).to.equal('../dotfiles/keys');
      expect(await readFile(join(home, 'dotfiles', 'keys'), 'utf8')).to.equal(`${other}\n${key}\n`);
      expect(await readdir(join(home, 'dotfiles'))).to.deep.equal(['keys']);
    });

    it('loses no key when several are added at once', async () => {
      const keys = [1, 2, 3].map((number) => makeKey([number, number]));
      const changes = await Promise.all([...keys, ...keys].map((line) => addPublicKey(session, line)));
      expect(changes.filter(Boolean)).to.have.length(3);
      expect((await readFile(file, 'utf8')).trim().split('\n').sort()).to.deep.equal(keys.sort());
      expect(await readdir(join(home, '.ssh'))).to.deep.equal(['authorized_keys']);
    });

    it('says why it cannot be changed', async () => {
      await writeFile(join(home, '.ssh'), 'a file where the folder should be');
      const error = await errorOf(addPublicKey(session, key));
      expect(error).to.include({ code: 'authorized_keys_failed' });
      expect(error.message).to.include('.ssh');
    });
  });
}

describe('the public key to add', () => {
  const session = {} as Session;
  const bad: [string, string][] = [
    ['two lines', `${key}\n${other}`],
    ['options', `no-pty ${key}`],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----'],
    ['another type than its blob', bare.replace('ssh-ed25519', 'ssh-rsa')],
    ['a blob that is cut', bare.slice(0, 30)],
    ['no base64', 'ssh-ed25519 not*base64'],
    ['nothing', ''],
  ];
  for (const [what, line] of bad) {
    it(`is refused with ${what}`, async () => {
      expect(await errorOf(addPublicKey(session, line))).to.include({
        code: 'invalid_public_key',
        status: 400,
      });
      expect(await errorOf(removePublicKey(session, line))).to.include({ code: 'invalid_public_key' });
    });
  }
});
