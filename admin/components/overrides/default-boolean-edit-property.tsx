/** Yes or no in a form, as every other field: the name, its help, and the box with its word. AdminJS sets the box above the name. */

import { CheckBox } from '@adminjs/design-system';
import type { EditPropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { EditFrame } from '../shared/property-frame.js';

export default function DefaultBooleanEditProperty(props: EditPropertyProps): ReactElement {
  const { property, record, onChange } = props;
  const isChecked = String(record.params[property.path]) === 'true';
  return (
    <EditFrame {...props}>
      <div className="drs-checks">
        <label htmlFor={property.path}>
          <CheckBox
            id={property.path}
            checked={isChecked}
            disabled={property.isDisabled}
            onChange={() => onChange(property.path, !isChecked)}
          />
          <span>Yes</span>
        </label>
      </div>
    </EditFrame>
  );
}
