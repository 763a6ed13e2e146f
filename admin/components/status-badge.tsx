/** The status of a job as a coloured badge, with why it is so. In a list it follows the job. */

import type { BasePropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { ValueFrame } from './shared/property-frame.js';
import { Status } from './shared/status.js';
import { useLiveRow, type LiveRow } from './shared/use-live-row.js';
import { noteOf } from '../../lib/protocol/words.js';

export default function StatusBadge(props: BasePropertyProps): ReactElement {
  const job = useLiveRow(props.resource.id, (props.record?.params ?? {}) as unknown as LiveRow);
  const note = noteOf(job);
  return (
    <ValueFrame {...props}>
      <Status status={job.status} />
      {note ? (
        <div className="drs-row-note" title={note}>
          {note}
        </div>
      ) : null}
    </ValueFrame>
  );
}
