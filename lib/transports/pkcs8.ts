/** Private keys in PKCS #8, as OpenSSL and Node make them, in a form that ssh2 reads (it knows no PKCS #8). */

import { createPrivateKey, type KeyObject } from 'node:crypto';

/** True for a key in PKCS #8, encrypted or not. */
export function isPkcs8(text: string): boolean {
  return /^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/m.test(text);
}

/** @throws Error when the passphrase is missing or wrong, or the key is of a kind that SSH has not */
export function fromPkcs8(text: string, passphrase?: string): string {
  if (text.includes('BEGIN ENCRYPTED') && !passphrase)
    throw new Error('Encrypted key, but no passphrase given');
  const key = createPrivateKey({ key: text, format: 'pem', passphrase });
  if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }) as string;
  if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }) as string;
  if (key.asymmetricKeyType === 'ed25519') return ed25519ToOpenSsh(key);
  throw new Error(`SSH has no keys of type ${key.asymmetricKeyType}`);
}

/** Writes the format `openssh-key-v1`, unencrypted (OpenSSH, PROTOCOL.key). */
function ed25519ToOpenSsh(key: KeyObject): string {
  const { x, d } = key.export({ format: 'jwk' });
  const publicBytes = Buffer.from(x ?? '', 'base64url');
  const privateBytes = Buffer.concat([Buffer.from(d ?? '', 'base64url'), publicBytes]);
  const type = Buffer.from('ssh-ed25519');
  const publicBlob = Buffer.concat([sized(type), sized(publicBytes)]);
  // The two equal numbers show a wrong passphrase; there is none. Then: key, empty comment, padding to 8 bytes.
  const check = Buffer.alloc(8);
  const secret = Buffer.concat([check, publicBlob, sized(privateBytes), sized(Buffer.alloc(0))]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const none = sized(Buffer.from('none'));
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    none,
    none,
    sized(Buffer.alloc(0)),
    Buffer.from([0, 0, 0, 1]),
    sized(publicBlob),
    sized(Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString('base64').replace(/.{70}/g, '$&\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function sized(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
