/** A time as "3 minutes ago", with the exact one on hover. */

import type { BasePropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { ValueFrame } from './shared/property-frame.js';
import { Ago } from './shared/status.js';

export default function AgoValue(props: BasePropertyProps): ReactElement {
  return (
    <ValueFrame {...props}>
      <Ago time={props.record?.params[props.property.path] as string | null} />
    </ValueFrame>
  );
}
