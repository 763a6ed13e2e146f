/** The interpreters of a server by name. */

import { flat, type BasePropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { ValueFrame } from './shared/property-frame.js';

export default function InterpretersValue(props: BasePropertyProps): ReactElement {
  const names = (flat.get(props.record?.params ?? {}, 'interpreterNames') ?? []) as string[];
  return <ValueFrame {...props}>{names.length > 0 ? names.join(', ') : 'none yet'}</ValueFrame>;
}
