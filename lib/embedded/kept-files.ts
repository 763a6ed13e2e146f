/** Small values that are made once and kept in a folder. */

import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';

/** The kept text of that name, or what `make` gives, kept from now on and readable by nobody else. */
export async function kept(directory: string, name: string, make: () => string): Promise<string> {
  const path = join(directory, name);
  const known = await readIfThere(path);
  if (known !== null) return known;
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(aside, make(), { mode: 0o600 });
  try {
    // A link fails where the name is taken: of two processes at once, both get the first one's value.
    await link(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
  return readFile(path, 'utf8');
}

/** An SSH key pair: the private key in OpenSSH format, the public one as a line. */
export interface SshKeyPair {
  privateKey: string;
  publicKey: string;
}

/** The kept key pair of that name. */
export async function keptKeyPair(directory: string, name: string): Promise<SshKeyPair> {
  const privateKey = await kept(directory, name, newPrivateKey);
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return { privateKey, publicKey: `${key.type} ${key.getPublicSSH().toString('base64')} ${name}` };
}

/** About one in 500 keys that ssh2 1.17 makes is malformed (measured): read each before it is used. */
function newPrivateKey(): string {
  for (;;) {
    const { private: key } = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key;
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
