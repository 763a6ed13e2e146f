/** Who did what to a record, on its page. */

import type { BasePropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { History } from './shared/history.js';
import { ValueFrame } from './shared/property-frame.js';

export default function HistoryValue(props: BasePropertyProps): ReactElement {
  return (
    <ValueFrame {...props}>
      <History resourceId={props.resource.id} recordId={props.record?.id} />
    </ValueFrame>
  );
}
