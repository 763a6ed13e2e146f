/** Small parts that several components show. */

import type { ReactElement } from 'react';
import { ago, exactTime, statusLabel } from './words.js';

/** A status as a coloured badge. */
export function Status({ status }: { status: string }): ReactElement {
  return (
    <span className="drs-status" data-status={status}>
      {statusLabel(status)}
    </span>
  );
}

/** How long ago, with the exact time on hover. */
export function Ago({ time }: { time: string | null | undefined }): ReactElement {
  return (
    <time dateTime={time ?? ''} title={exactTime(time)} className="drs-nowrap">
      {ago(time)}
    </time>
  );
}
