/** Public keys as OpenSSH writes them: read, made from a private key, and named by fingerprint. */

import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import { ValidationError } from '../errors.js';
import { fromPkcs8, isPkcs8 } from './pkcs8.js';

/** A line of an `authorized_keys` file without options. */
export interface PublicKey {
  /** Such as `ssh-ed25519`. */
  type: string;
  /** The key itself, base64: what identifies it. */
  blob: string;
  comment: string;
}

/**
 * Reads a public key line: type, base64, comment.
 * @throws ValidationError `invalid_public_key` for anything else: more lines, options, a private key
 */
export function parsePublicKey(line: string): PublicKey {
  const text = line.trim();
  if (text.includes('PRIVATE KEY'))
    throw invalid('This is a private key. Give the public one, from the .pub file.');
  if (/[\r\n\0]/.test(text)) throw invalid('A public key is one line. Give one key without line breaks.');
  const [type = '', blob = '', ...comment] = text.split(/[ \t]+/);
  if (!/^[a-z][a-z0-9@.-]*$/i.test(type) || !blob) {
    throw invalid(
      'A public key line begins with its type and the key, as in "ssh-ed25519 AAAA… comment", without options.',
    );
  }
  if (!isCanonicalBase64(blob) || keyType(Buffer.from(blob, 'base64')) !== type) {
    throw invalid(
      `The part after "${type.slice(0, 60)}" is not a key of that type. Copy the whole line of the .pub file.`,
    );
  }
  return { type, blob, comment: comment.join(' ') };
}

/** The type that a public key blob names itself (RFC 4253 section 6.6), or null. */
export function keyType(blob: Buffer): string | null {
  if (blob.length < 8) return null;
  const length = blob.readUInt32BE(0);
  if (length > 64 || blob.length <= 4 + length) return null;
  return blob.toString('latin1', 4, 4 + length);
}

/** How long the modulus of an RSA key is; null for other keys. RFC 4253, section 6.6: type, exponent, modulus. */
export function rsaBits(blob: Buffer): number | null {
  if (keyType(blob) !== 'ssh-rsa') return null;
  const exponentAt = 4 + blob.readUInt32BE(0);
  if (blob.length < exponentAt + 4) return 0;
  const modulusAt = exponentAt + 4 + blob.readUInt32BE(exponentAt);
  const modulus = blob.toString('hex', modulusAt + 4).replace(/^0+/, '');
  return modulus === '' ? 0 : BigInt(`0x${modulus}`).toString(2).length;
}

/** `SHA256:…`, as `ssh-keygen -l` prints it. `blob` is bytes or base64. */
export function fingerprintOf(blob: Buffer | string): string {
  const bytes = typeof blob === 'string' ? Buffer.from(blob, 'base64') : blob;
  return `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`;
}

/**
 * The public key line that belongs to a private key.
 * @param privateKey PEM or OpenSSH format
 * @throws ValidationError `invalid_private_key` when the passphrase or the format is wrong
 */
export function publicKeyOf(privateKey: string, passphrase?: string): string {
  const { key, problem } = readPrivateKey(privateKey, passphrase);
  if (!key) throw new ValidationError([{ path: 'privateKey', message: problem }], 'invalid_private_key');
  const line = `${key.type} ${key.getPublicSSH().toString('base64')}`;
  const comment = key.comment.replace(/[\r\n\0]+/g, ' ').trim();
  return comment ? `${line} ${comment}` : line;
}

/** A private key ready for use, or what is wrong with it. */
export type ReadKey = { key: ssh2.ParsedKey; problem: null } | { key: null; problem: string };

/** Reads a private key without throwing; no part of it is in `problem`. */
export function readPrivateKey(privateKey: string, passphrase?: string): ReadKey {
  const parsed = parse(privateKey, passphrase);
  if (parsed instanceof Error)
    return { key: null, problem: explain(parsed, { isKey: privateKey.includes('PRIVATE KEY'), passphrase }) };
  // ssh2 returns a list for the OpenSSH format when there is more than one key.
  const key = Array.isArray(parsed) ? (parsed as ssh2.ParsedKey[])[0] : parsed;
  if (!key?.isPrivateKey()) return { key: null, problem: 'This is not a private key.' };
  return { key, problem: null };
}

function parse(privateKey: string, passphrase?: string): ssh2.ParsedKey | Error {
  try {
    const text = isPkcs8(privateKey) ? fromPkcs8(privateKey, passphrase) : privateKey;
    return ssh2.utils.parseKey(text, passphrase);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** A wrong passphrase may decrypt to anything: the parser's own words are no guide. */
function explain({ message }: Error, { isKey, passphrase }: { isKey: boolean; passphrase?: string }): string {
  if (/no passphrase/i.test(message)) return 'The private key is encrypted. Give its passphrase.';
  if (isKey && passphrase) return 'The passphrase of the private key is wrong, or the key is damaged.';
  return 'The private key cannot be read. Give it in PEM or OpenSSH format, whole, with its first and last line.';
}

function isCanonicalBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

function invalid(message: string): ValidationError {
  return new ValidationError([{ path: 'publicKey', message }], 'invalid_public_key');
}
