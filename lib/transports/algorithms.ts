/** Which algorithms a server may choose from: those that OpenSSH takes by default, as far as ssh2 has them. */

import { getCiphers } from 'node:crypto';
import type { Algorithms, CipherAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';
import type { ServerOffer } from './server-offer.js';

/** By name; each list in order of preference. */
type Lists = Required<{ [Name in keyof Algorithms]: Extract<Algorithms[Name], unknown[]> }>;

/** ssh_config(5) of OpenSSH 9: no SHA-1, no CBC. */
const current: Lists = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group14-sha256',
  ],
  serverHostKey: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'chacha20-poly1305@openssh.com',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none', 'zlib@openssh.com'],
};

/** What servers of before 2014 know, such as OpenSSH 5. */
const older: Lists = {
  kex: ['diffie-hellman-group-exchange-sha1', 'diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'],
  serverHostKey: ['ssh-rsa'],
  cipher: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
  hmac: ['hmac-sha1-etm@openssh.com', 'hmac-sha1'],
  compress: [],
};

/** RSA host keys with fewer are refused. OpenSSH: `RequiredRSASize`. */
export const leastRsaBits = 2048;

/**
 * @param isLegacy also what OpenSSH has given up, after all else
 * @param pinnedType the type of the pinned host key: it is asked for first, or a server with several would look changed
 */
export function algorithms(isLegacy: boolean, pinnedType: string | null): Lists {
  const lists = isLegacy ? both(current, older) : current;
  const isPinned = (name: ServerHostKeyAlgorithm) =>
    name === pinnedType || (pinnedType === 'ssh-rsa' && name.startsWith('rsa-'));
  const first = lists.serverHostKey.filter(isPinned);
  return {
    ...lists,
    serverHostKey: [...first, ...lists.serverHostKey.filter((name) => !isPinned(name))],
    cipher: lists.cipher.filter(isBuiltIn),
  };
}

function both(one: Lists, two: Lists): Lists {
  return {
    kex: [...one.kex, ...two.kex],
    serverHostKey: [...one.serverHostKey, ...two.serverHostKey],
    cipher: [...one.cipher, ...two.cipher],
    hmac: [...one.hmac, ...two.hmac],
    compress: one.compress,
  };
}

/** An OpenSSL in FIPS mode has no ChaCha20, and ssh2 throws at what is not there. */
function isBuiltIn(name: CipherAlgorithm): boolean {
  return !name.startsWith('chacha20') || getCiphers().includes('chacha20');
}

/** Why no connection can come about. */
export interface Gap {
  /** Such as `the key exchange`. */
  what: string;
  offered: readonly string[];
  /** Older ones would do, here and for all else. */
  wouldLegacyDo: boolean;
}

/** What the server offers nothing for that we know; null when there is something of each. */
export function gapOf(offer: ServerOffer, isLegacy: boolean): Gap | null {
  const gap = firstGap(offer, algorithms(isLegacy, null));
  return gap && { ...gap, wouldLegacyDo: !isLegacy && firstGap(offer, algorithms(true, null)) === null };
}

function firstGap(offer: ServerOffer, lists: Lists): Pick<Gap, 'what' | 'offered'> | null {
  const { kex, serverHostKey, cipher, hmac } = lists;
  const ways = [
    { what: 'the key exchange', known: kex, offered: offer.kex },
    { what: 'the host key', known: serverHostKey, offered: offer.serverHostKey },
    ...offer.ciphers.map((offered) => ({ what: 'the encryption', known: cipher, offered })),
    ...offer.macs.flatMap((offered, direction) => {
      const chosen = cipher.find((name) => offer.ciphers[direction]?.includes(name));
      // These bring their own.
      const isNeeded = chosen !== undefined && !/gcm|poly1305/.test(chosen);
      return isNeeded ? [{ what: 'the integrity', known: hmac, offered }] : [];
    }),
  ];
  const isMissing = ({ known, offered }: { known: readonly string[]; offered: readonly string[] }) =>
    !known.some((name) => offered.includes(name));
  return ways.find(isMissing) ?? null;
}
