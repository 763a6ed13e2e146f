/** A program as it is written. */

import type { BasePropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { ValueFrame } from './shared/property-frame.js';

export default function ProgramValue(props: BasePropertyProps): ReactElement {
  return (
    <ValueFrame {...props}>
      <pre className="drs-code">{String(props.record?.params[props.property.path] ?? '')}</pre>
    </ValueFrame>
  );
}
