/** A passphrase opens a private key, and is of no use without one. */

export const forNoKey = 'is that of a private key: give `privateKey` too, or leave it out';

/** True for a passphrase that no key comes with; an empty text is none. */
export function isForNoKey({
  privateKey,
  passphrase,
}: {
  privateKey?: unknown;
  passphrase?: unknown;
}): boolean {
  return typeof passphrase === 'string' && passphrase !== '' && !privateKey;
}
