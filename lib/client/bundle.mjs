/** Builds the script for pages: one file, ES module, everything in it. */

import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const maxGzipBytes = 45_000;
const entry = fileURLToPath(new URL('./browser.ts', import.meta.url));

/** What is never used: the client asks for WebSocket and polling alone, and all that is sent and received is JSON. */
const unused = {
  'engine.io-client/build/esm/transports/webtransport.js': 'export class WT {}',
  'socket.io-parser/build/esm/is-binary.js': 'export const hasBinary = () => false, isBinary = hasBinary',
  'socket.io-parser/build/esm/binary.js':
    'export const deconstructPacket = (packet) => ({ packet, buffers: [] }), reconstructPacket = (packet) => packet',
};

const withoutUnused = {
  name: 'without-unused',
  setup(builder) {
    for (const [path, contents] of Object.entries(unused)) {
      builder.onLoad({ filter: new RegExp(`/node_modules/${path}$`) }, () => ({ contents }));
    }
  },
};

/**
 * Writes the script to `outFile` and prints its size.
 *
 * @param {string} outFile as in `dist/client.js`
 * @param {{ report?: (line: string) => void }} [options]
 * @returns {Promise<{ bytes: number, gzipBytes: number }>}
 * @throws Error when it is larger than 45 kB with gzip
 */
export async function bundleClient(outFile, { report = console.log } = {}) {
  await build({
    entryPoints: [entry],
    outfile: outFile,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [withoutUnused],
  });
  const { size: bytes } = await stat(outFile);
  const gzipBytes = gzipSync(await readFile(outFile), { level: 9 }).length;
  report(`client.js: ${kilobytes(bytes)} kB, ${kilobytes(gzipBytes)} kB with gzip`);
  if (gzipBytes > maxGzipBytes)
    throw new Error(`${outFile} has ${gzipBytes} bytes with gzip; ${maxGzipBytes} are allowed.`);
  return { bytes, gzipBytes };
}

function kilobytes(bytes) {
  return (bytes / 1000).toFixed(1);
}
