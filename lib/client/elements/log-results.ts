/** The files of an attempt, and the raw output, as links. */

import type { DrsClient } from '../connect.js';
import type { Result } from '../types.js';
import { h } from './dom.js';
import { formatBytes } from './format.js';
import type { LogFrame } from './log-frame.js';

/** More than this are in the archive only. */
const maxShown = 200;

/** Shows the files of an attempt. */
export function showResults(
  { results: section }: LogFrame,
  client: DrsClient,
  { jobId, attempt, results }: { jobId: number; attempt: number; results: readonly Result[] },
): void {
  section.hidden = results.length === 0;
  const zip = client.url(`/jobs/${jobId}/results.zip`, { attempt });
  const total = results.reduce((sum, { size }) => sum + size, 0);
  const heading = results.length === 1 ? '1 result' : `${results.length} results`;
  section.replaceChildren(
    h(
      'div',
      { class: 'links' },
      h('h3', {}, heading),
      h('span', { class: 'size' }, formatBytes(total)),
      h('a', { href: zip, download: '', part: 'download' }, 'Download all (.zip)'),
    ),
    h('ul', {}, ...results.slice(0, maxShown).map((result) => resultItem(client, result))),
    (results.length > maxShown && h('p', {}, `And ${results.length - maxShown} more in the archive.`)) || '',
  );
}

function resultItem(client: DrsClient, { id, remoteFilename, size }: Result): HTMLElement {
  return h(
    'li',
    { part: 'result' },
    h('a', { href: client.url(`/results/${id}/file`), download: '', part: 'download' }, remoteFilename),
    h('span', { class: 'size' }, formatBytes(size)),
  );
}

/** Shows where the exact bytes of the output are. */
export function showRaw(
  { raw }: LogFrame,
  client: DrsClient,
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
