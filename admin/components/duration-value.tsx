/** How long a job ran, from the times of its start and end. */

import type { BasePropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { ValueFrame } from './shared/property-frame.js';
import { runTime } from './shared/words.js';

export default function DurationValue(props: BasePropertyProps): ReactElement {
  const { startedAt, finishedAt } = (props.record?.params ?? {}) as Record<string, string | null>;
  return (
    <ValueFrame {...props}>
      <span className="drs-nowrap">{runTime(startedAt, finishedAt)}</span>
    </ValueFrame>
  );
}
