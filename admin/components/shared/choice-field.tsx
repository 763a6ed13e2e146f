/** Chooses one of some records for a property, which holds its id. */

import { Select } from '@adminjs/design-system';
import type { EditPropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { EditFrame } from './property-frame.js';

export interface ChoiceFieldProps {
  field: EditPropertyProps;
  options: readonly { value: string; label: string }[];
  /** Shown while nothing is chosen. */
  placeholder: string;
  error: string | null;
}

export function ChoiceField({ field, options, placeholder, error }: ChoiceFieldProps): ReactElement {
  const { property, record, onChange } = field;
  const chosen = String(record.params[property.path] ?? '');
  return (
    <EditFrame {...field}>
      <Select
        inputId={property.path}
        value={options.find(({ value }) => value === chosen) ?? null}
        options={options}
        isDisabled={options.length === 0}
        placeholder={placeholder}
        onChange={(option: { value: string } | null) => onChange(property.path, option?.value ?? '')}
      />
      {error ? <div role="alert">{error}</div> : null}
    </EditFrame>
  );
}
