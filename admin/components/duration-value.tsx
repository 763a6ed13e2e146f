/** How long a job ran, or has been running. */

import type { BasePropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { ValueFrame } from './shared/property-frame.js';
import { useLiveRow, type LiveRow } from './shared/use-live-row.js';
import { formatRunTime } from '../../lib/protocol/formats.js';

export default function DurationValue(props: BasePropertyProps): ReactElement {
  const { startedAt, finishedAt } = useLiveRow(
    props.resource.id,
    (props.record?.params ?? {}) as unknown as LiveRow,
  );
  return (
    <ValueFrame {...props}>
      <span className="drs-nowrap">{formatRunTime(startedAt, finishedAt)}</span>
    </ValueFrame>
  );
}
