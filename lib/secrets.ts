/** Seals what must not lie open in the database. */

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { DrsError } from './errors.js';

/** Seals and opens small objects with the key of the `secret` option. */
export interface Sealer {
  /** False without a secret: then `seal` throws. */
  readonly canSeal: boolean;
  /**
   * @param context what the object belongs to; only the same context opens it again
   * @throws DrsError `secret_missing`
   */
  seal(plain: object, context: string): Buffer;
  /** @throws DrsError `secret_missing`, `secret_wrong` */
  open(sealed: Buffer, context: string): unknown;
}

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = 1 + nonceBytes + tagBytes;

/** AES-256-GCM with a key derived by HKDF-SHA256 (RFC 5869): one version byte, nonce, tag, then the sealed bytes. */
export function createSealer(secret: string | null): Sealer {
  const key =
    secret === null
      ? null
      : Buffer.from(hkdfSync('sha256', secret, '', 'express-remote-submission seal', 32));
  return {
    canSeal: key !== null,
    seal(plain, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key ?? failWithout('store a password or key'), nonce);
      cipher.setAAD(Buffer.from(context));
      const sealed = Buffer.concat([cipher.update(JSON.stringify(plain), 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), sealed]);
    },
    open(sealed, context) {
      return open(sealed, context, key ?? failWithout('read a stored password or key'));
    },
  };
}

function open(sealed: Buffer, context: string, key: Buffer): unknown {
  try {
    if (sealed[0] !== version) throw new Error(`The version is ${sealed[0]}, not ${version}.`);
    const nonce = sealed.subarray(1, 1 + nonceBytes);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(sealed.subarray(1 + nonceBytes, headerBytes));
    const plain = Buffer.concat([decipher.update(sealed.subarray(headerBytes)), decipher.final()]);
    return JSON.parse(plain.toString('utf8')) as unknown;
  } catch (cause) {
    throw new DrsError(
      'secret_wrong',
      'A stored password or key cannot be opened: it was sealed with another secret. Give every process the same "secret" option (DRS_SECRET), and submit the job again.',
      { cause },
    );
  }
}

function failWithout(purpose: string): never {
  throw new DrsError(
    'secret_missing',
    `Cannot ${purpose} without the "secret" option. Set it, or the variable DRS_SECRET, to at least 16 random characters, or use the app's own key.`,
  );
}
