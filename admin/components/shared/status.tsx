/** Small parts that several components show. */

import type { ReactElement } from 'react';
import { formatAge, formatMoment } from '../../../lib/protocol/formats.js';
import type { JobStatus } from '../../../lib/protocol/job-status.js';
import { statusWords } from '../../../lib/protocol/words.js';

/** A status as a coloured badge. */
export function Status({ status }: { status: JobStatus }): ReactElement {
  return (
    <span className="drs-status" data-status={status}>
      {statusWords[status]}
    </span>
  );
}

/** How long ago, with the exact time on hover. */
export function Ago({ time }: { time: string | null | undefined }): ReactElement {
  return (
    <time dateTime={time ?? ''} title={time ? formatMoment(Date.parse(time)) : ''} className="drs-nowrap">
      {time ? formatAge(Date.parse(time), Date.now()) : '–'}
    </time>
  );
}
