/** Chooses what happens to what a program prints. */

import type { EditPropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { EditFrame } from './shared/property-frame.js';

export default function LogPolicyChoice(props: EditPropertyProps): ReactElement {
  const { property, record, onChange } = props;
  return (
    <EditFrame {...props}>
      <select
        id={property.path}
        className="drs-select"
        value={String(record.params[property.path] ?? '')}
        onChange={(event) => onChange(property.path, event.target.value)}
      >
        <option value="">–</option>
        {property.availableValues?.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </EditFrame>
  );
}
