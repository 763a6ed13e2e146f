/** Small parts that several components show. */

import { Badge } from '@adminjs/design-system';
import type { ReactElement } from 'react';
import { ago, exactTime, statusLook } from './words.js';

/** A status as a coloured badge. */
export function Status({ status }: { status: string }): ReactElement {
  const { label, variant } = statusLook(status);
  return (
    <Badge variant={variant} size="sm" data-status={status} className="drs-nowrap">
      {label}
    </Badge>
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
