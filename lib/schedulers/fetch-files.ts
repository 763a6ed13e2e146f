/** Brings files from a server: each whole, or not at all. */

import { batchesOf, batchLines } from './fetch-batches.js';
import { directoryProblem } from './directory-problem.js';
import { FileStreams } from './file-streams.js';
import { RecordReader, textOf, type ListRecord } from './parse-listing.js';
import { readScript, type ScriptCall } from './script-call.js';
import type { Fetched, FetchRequest, FoundFile } from './scheduler.js';

/**
 * Reads fetch.sh to its end. A file was read whole when it reads as it was listed, before and after.
 * @throws TransportError; what `onFile` throws
 */
export async function fetchFiles(call: ScriptCall, { files, onFile }: FetchRequest): Promise<Fetched> {
  const batches = batchesOf(files);
  const streams = new FileStreams(batches.flat(), { onFile, stop: () => call.script.close() });
  const requested = new Set(files.map(({ name }) => name));
  const now = new Map<string, ListRecord>();
  let records = new RecordReader();
  let section = '';
  let problem: string | null = null;
  const lines = batchLines(batches);
  if (lines === null) call.script.stdin.end();
  try {
    await readScript(call, {
      onLine(stream, line) {
        if (stream === 'stderr') return;
        section = line;
        streams.end();
        if (line === 'read') call.script.stdin.end(lines ?? '');
        if (line === 'tar') streams.beginTar();
        if (line === 'file') streams.beginFile();
        if (line === 'records') records = new RecordReader();
        problem ??= directoryProblem(line);
      },
      onOutput(stream, bytes) {
        if (stream === 'stderr') return;
        if (section === 'tar' || section === 'file') return streams.write(bytes);
        if (section !== 'records') return;
        for (const record of records.write(bytes)) {
          const name = textOf(record.name);
          if (name !== null && requested.has(name)) now.set(name, record);
        }
      },
    });
  } catch (error) {
    streams.destroy();
    await streams.settled();
    throw error;
  }
  await streams.settled();
  return { ...sortOut(files, { now, whole: streams.whole }), problem };
}

/** Which files changed meanwhile, and which did not come. */
function sortOut(
  files: readonly FoundFile[],
  { now, whole }: { now: ReadonlyMap<string, ListRecord>; whole: ReadonlySet<string> },
): Pick<Fetched, 'changed' | 'missing'> {
  const changed: FoundFile[] = [];
  const missing: string[] = [];
  for (const { name, signature } of files) {
    const record = now.get(name);
    const [tool] = signature.split(' ', 1);
    if (record?.kind !== 'file') missing.push(name);
    else if (`${tool} ${record.facts}` !== signature) {
      changed.push({ name, size: record.size, signature: `${tool} ${record.facts}` });
    } else if (!whole.has(name)) missing.push(name);
  }
  return { changed, missing };
}
