/** Runs programs on a host, and tells what they made. */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { direct } from '../../lib/schedulers/direct.js';
import type { ControlRoot, FilesBefore } from '../../lib/protocol/attempt-records.js';
import type { AttemptLocation, FoundFile, Listing } from '../../lib/schedulers/scheduler.js';
import type { Host } from '../support/host-session.js';

export const scheduler = direct();
export const filename = 'job.sh';

export interface Made {
  location: AttemptLocation;
  /** The remote directory. */
  path: string;
  before: FilesBefore;
  program: Buffer;
}

/** Runs `text` with sh in a directory, by default a new one. */
export async function runOn(
  { home, session }: Host,
  text: string,
  folder: string = randomUUID(),
): Promise<Made> {
  const program = Buffer.from(text);
  const location = {
    directory: `~/${folder}`,
    name: `${randomUUID()}-1`,
    controlRoot: null,
    controlDirectory: null,
  };
  let controlRoot: ControlRoot | null = null;
  let before: FilesBefore = { kind: 'none', time: 0 };
  await scheduler.run(
    session,
    {
      ...{
        ...location,
        filename,
        program,
        fence: 1,
        timeoutMs: null,
        isLive: false,
        isListing: true,
        began: null,
      },
      interpreter: { path: 'sh', arguments: [] },
      from: { stdout: 0, stderr: 0 },
      permit: async () => undefined,
    },
    {
      onLocated: (root) => (controlRoot = root),
      async onBegan(_how, { listing }) {
        before = listing;
      },
      onOutput() {},
    },
  );
  return { location: { ...location, controlRoot }, path: join(home, folder), before, program };
}

export function listOf({ session }: Host, { location, before, program }: Made): Promise<Listing> {
  return scheduler.workspace.listFiles(session, location, { filename, program, before, without: [] });
}

export const namesOf = ({ files }: Pick<Listing, 'files'>): string[] => files.map(({ name }) => name).sort();

/** Runs it, and tells the names of what it made or changed. */
export async function resultsOf(host: Host, text: string, folder?: string): Promise<string[]> {
  return namesOf(await listOf(host, await runOn(host, text, folder)));
}

/** Fetches files into memory. */
export async function fetchOn({ session }: Host, { location }: Made, files: readonly FoundFile[]) {
  const contents: Record<string, string> = {};
  const fetched = await scheduler.workspace.fetchFiles(session, location, {
    files,
    async onFile({ name }, content) {
      contents[name] = (await buffer(content)).toString('latin1');
    },
  });
  return { ...fetched, contents };
}
