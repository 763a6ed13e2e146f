/** The arguments of an interpreter on one line, as in a terminal. */

import { flat, type BasePropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { ValueFrame } from './shared/property-frame.js';

export default function ArgumentsValue(props: BasePropertyProps): ReactElement {
  const words = (flat.get(props.record?.params ?? {}, props.property.path) ?? []) as string[];
  return (
    <ValueFrame {...props}>
      {words.length > 0 ? <code className="drs-code">{words.join(' ')}</code> : '–'}
    </ValueFrame>
  );
}
