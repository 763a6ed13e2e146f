/** The name of a result, as a link that downloads it. */

import type { BasePropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import type { ServedPath } from '../../lib/protocol/paths.js';
import { ValueFrame } from './shared/property-frame.js';

export default function DownloadLink(props: BasePropertyProps): ReactElement {
  const { mountPath } = props.property.custom as { mountPath: string };
  const { id, remoteFilename } = (props.record?.params ?? {}) as { id: number; remoteFilename: string };
  const file: ServedPath = `/results/${id}/file`;
  return (
    <ValueFrame {...props}>
      <a className="drs-link" href={`${mountPath}${file}`} download>
        {remoteFilename}
      </a>
    </ValueFrame>
  );
}
