/** Chooses one of the values that a property may have; blank: what is the default. */

import type { EditPropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { EditFrame } from './shared/property-frame.js';

export default function ValueChoice(props: EditPropertyProps): ReactElement {
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
