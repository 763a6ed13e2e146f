/** The files of an attempt, and the raw output, as links. */

import type { PageClient } from '../page-client.js';
import type { Result } from '../types.js';
import { h } from './dom.js';
import { formatBytes } from '../../protocol/formats.js';
import type { LogFrame } from './log-frame.js';

/** More than this are in the archive only. */
const maxShown = 200;

/** Shows the files of an attempt: one as it is, several on demand. */
export function showResults(
  { results: section }: LogFrame,
  client: PageClient,
  { jobId, attempt, results }: { jobId: number; attempt: number; results: readonly Result[] },
): void {
  const [first] = results;
  section.hidden = first === undefined;
  if (!first) return;
  const zip = client.url(`/jobs/${jobId}/results.zip`, { attempt });
  const all = h('a', { href: zip, download: '', part: 'download' }, 'Download all (.zip)');
  const nodes = results.length === 1 ? oneResult(client, first) : [listOf(client, results), all];
  section.replaceChildren(...nodes);
}

function oneResult(client: PageClient, result: Result): Node[] {
  return [h('h3', {}, '1 result'), ...resultNodes(client, result)];
}

function listOf(client: PageClient, results: readonly Result[]): HTMLElement {
  const total = results.reduce((sum, { size }) => sum + size, 0);
  const items = results
    .slice(0, maxShown)
    .map((result) => h('li', { part: 'result' }, ...resultNodes(client, result)));
  const more = results.length - maxShown;
  return h(
    'details',
    {},
    h(
      'summary',
      {},
      h('h3', {}, `${results.length} results`),
      h('span', { class: 'size' }, formatBytes(total)),
    ),
    h('ul', {}, ...items),
    more > 0 && h('p', {}, `And ${more} more in the archive.`),
  );
}

function resultNodes(client: PageClient, { id, remoteFilename, size }: Result): Node[] {
  const href = client.url(`/results/${id}/file`);
  return [
    h('a', { href, download: '', part: 'download' }, remoteFilename),
    h('span', { class: 'size' }, formatBytes(size)),
  ];
}

/** Shows where the exact bytes of the output are. */
export function showRaw(
  { raw }: LogFrame,
  client: PageClient,
  { jobId, attempt }: { jobId: number; attempt: number },
): void {
  const link = (stream: string) =>
    h(
      'a',
      {
        href: client.url(`/jobs/${jobId}/log`, { stream, attempt }),
        part: 'raw-link',
        download: `job-${jobId}-${attempt}-${stream}.txt`,
      },
      stream,
    );
  raw.hidden = false;
  raw.replaceChildren(h('span', {}, 'Download raw'), link('stdout'), link('stderr'));
}
