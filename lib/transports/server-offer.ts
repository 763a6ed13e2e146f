/** Reads which algorithms a server offers, as it says at the beginning of a connection: ssh2 does not pass it on. */

import type { Duplex } from 'node:stream';

/** The names, as in the server's SSH_MSG_KEXINIT (RFC 4253, section 7.1). Ciphers and MACs: to the server, from it. */
export interface ServerOffer {
  kex: string[];
  serverHostKey: string[];
  ciphers: [string[], string[]];
  macs: [string[], string[]];
}

/** Its message has at most 35,000 bytes; before it there may be lines of text. */
const mostBytes = 128 * 1024;
const kexInit = 20;

/**
 * Listens to a connection from its beginning. To be called before ssh2 gets the stream: what it reads is what comes.
 * @returns a function that tells the offer, or null when none was understood yet
 */
export function watchOffer(stream: Duplex): () => ServerOffer | null {
  let seen = Buffer.alloc(0);
  let offer: ServerOffer | null = null;
  const listen = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
    offer = readOffer(seen);
    if (offer !== null || seen.length > mostBytes) stream.removeListener('data', listen);
  };
  stream.on('data', listen);
  return () => offer;
}

/** @returns null when it is not whole yet, or no such message */
function readOffer(bytes: Buffer): ServerOffer | null {
  const version = /(?:^|\n)SSH-[^\n]*\n/.exec(bytes.toString('latin1'));
  if (!version) return null;
  const packet = bytes.subarray(version.index + version[0].length);
  // Its length, the length of its padding, its type, 16 random bytes.
  if (packet.length < 22 || packet.length < 4 + packet.readUInt32BE(0) || packet[5] !== kexInit) return null;
  const lists = readLists(packet.subarray(22, 4 + packet.readUInt32BE(0)), 6);
  if (lists === null) return null;
  const [kex = [], serverHostKey = [], toServer = [], fromServer = [], macTo = [], macFrom = []] = lists;
  return {
    kex: kex.filter((name) => !isNoAlgorithm(name)),
    serverHostKey,
    ciphers: [toServer, fromServer],
    macs: [macTo, macFrom],
  };
}

function readLists(bytes: Buffer, count: number): string[][] | null {
  const lists: string[][] = [];
  let at = 0;
  while (lists.length < count) {
    if (bytes.length < at + 4) return null;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (bytes.length < end) return null;
    lists.push(
      bytes
        .toString('latin1', at + 4, end)
        .split(',')
        .filter(Boolean),
    );
    at = end;
  }
  return lists;
}

/** Signs among the names that tell of an extension. */
function isNoAlgorithm(name: string): boolean {
  return name.startsWith('ext-info-') || name.startsWith('kex-strict-');
}
