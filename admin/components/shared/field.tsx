/** A label, an input and its help, as the panel's own forms show them. */

import { FormGroup, Label } from '@adminjs/design-system';
import type { ReactElement, ReactNode } from 'react';

/** One field of a form. */
export function Field(props: {
  id: string;
  label: string;
  help?: string;
  error?: string;
  children: ReactNode;
}): ReactElement {
  return (
    <FormGroup error={Boolean(props.error)}>
      <Label htmlFor={props.id}>
        {props.label}
        {props.help ? <span className="drs-help drs-description">{props.help}</span> : null}
      </Label>
      {props.children}
      {props.error ? <div role="alert">{props.error}</div> : null}
    </FormGroup>
  );
}
