/** The status of a job, as a coloured badge. */

import type { BasePropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { ValueFrame } from './shared/property-frame.js';
import { Status } from './shared/status.js';

export default function StatusBadge(props: BasePropertyProps): ReactElement {
  return (
    <ValueFrame {...props}>
      <Status status={String(props.record?.params[props.property.path] ?? '')} />
    </ValueFrame>
  );
}
