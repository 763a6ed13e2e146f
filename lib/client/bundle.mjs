/** Builds the script for pages: one file, ES module, everything in it. */

import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const maxGzipBytes = 45_000;
const entry = fileURLToPath(new URL('./browser.ts', import.meta.url));

/** The client asks for WebSocket and polling alone. */
const withoutWebTransport = {
  name: 'without-web-transport',
  setup(builder) {
    const filter = /engine\.io-client.*webtransport\.js$/;
    builder.onLoad({ filter }, () => ({ contents: 'export class WT {}' }));
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
    plugins: [withoutWebTransport],
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
