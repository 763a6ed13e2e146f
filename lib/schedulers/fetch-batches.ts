/** How the names of files are told to fetch.sh. */

import type { FoundFile } from './scheduler.js';

/** A command line over there may not be much longer. */
const mostBatchBytes = 64 * 1024;
const mostBatchNames = 500;
/** So few come with the script itself. */
const fewBytes = 4096;

/** The arguments of fetch.sh. */
export function fetchArguments(directory: string, files: readonly FoundFile[]): string[] {
  const tool = files[0]?.signature.split(' ', 1)[0] ?? '';
  const odd = files.some(({ name }) => name.includes('\\')) ? 'odd' : '';
  const batches = batchesOf(files);
  return [directory, tool, odd, ...(isFew(batches) ? batches.flat().map(pathOf) : [])];
}

/** What fetch.sh reads; null: its arguments hold it already. */
export function batchLines(batches: readonly FoundFile[][]): string | null {
  if (isFew(batches)) return null;
  return batches.map((batch) => `batch ${batch.map((file) => quoted(pathOf(file))).join(' ')}\n`).join('');
}

/** Two names of one file are in two batches: in one, tar would send the second as a link. */
export function batchesOf(files: readonly FoundFile[]): FoundFile[][] {
  const seen = new Map<string, number>();
  const layers: FoundFile[][] = [];
  for (const file of files) {
    const inode = file.signature.split(' ', 2)[1] ?? '';
    const layer = seen.get(inode) ?? 0;
    seen.set(inode, layer + 1);
    (layers[layer] ??= []).push(file);
  }
  return layers.flatMap(splitLayer);
}

function splitLayer(files: readonly FoundFile[]): FoundFile[][] {
  const batches: FoundFile[][] = [];
  let batch: FoundFile[] = [];
  let bytes = 0;
  for (const file of files) {
    const length = Buffer.byteLength(file.name);
    if (batch.length === mostBatchNames || bytes + length > mostBatchBytes) batch = [];
    if (batch.length === 0) {
      batches.push(batch);
      bytes = 0;
    }
    batch.push(file);
    bytes += length;
  }
  return batches;
}

function isFew(batches: readonly FoundFile[][]): boolean {
  const [only = []] = batches;
  return batches.length < 2 && only.reduce((sum, { name }) => sum + Buffer.byteLength(name), 0) <= fewBytes;
}

function pathOf({ name }: FoundFile): string {
  return `./${name}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
