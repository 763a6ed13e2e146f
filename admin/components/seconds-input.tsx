/** A time limit in seconds, over a property in milliseconds. */

import { Input } from '@adminjs/design-system';
import type { EditPropertyProps } from 'adminjs';
import type { ChangeEvent, ReactElement } from 'react';
import { EditFrame, ValueFrame } from './shared/property-frame.js';
import { formatDuration } from '../../lib/protocol/formats.js';

export default function SecondsInput(props: EditPropertyProps): ReactElement {
  const { property, record, where, onChange } = props;
  const value = record.params[property.path] as number | string | null | undefined;
  const isSet = value !== null && value !== undefined && value !== '';
  if (where !== 'edit')
    return <ValueFrame {...props}>{isSet ? formatDuration(Number(value)) : 'none'}</ValueFrame>;
  return (
    <EditFrame {...props}>
      <Input
        id={property.path}
        type="number"
        min="0.001"
        step="any"
        width={1}
        placeholder="no limit"
        defaultValue={isSet ? Number(value) / 1000 : ''}
        onChange={(event: ChangeEvent<HTMLInputElement>) => {
          const seconds = event.target.value;
          onChange(property.path, seconds === '' ? '' : String(Math.round(Number(seconds) * 1000)));
        }}
      />
    </EditFrame>
  );
}
