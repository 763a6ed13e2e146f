/** A size in bytes, in words. */

import type { BasePropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { ValueFrame } from './shared/property-frame.js';
import { formatBytes } from '../../lib/protocol/formats.js';

export default function SizeValue(props: BasePropertyProps): ReactElement {
  return (
    <ValueFrame {...props}>
      <span className="drs-nowrap">
        {formatBytes(Number(props.record?.params[props.property.path] ?? 0))}
      </span>
    </ValueFrame>
  );
}
