/** Chooses the server that another one is reached through. */

import type { EditPropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { ChoiceField } from './shared/choice-field.js';
import { useChoices } from './shared/use-choices.js';

const none = { value: '', label: 'None: it is reached directly' };

export default function JumpHostChoice(props: EditPropertyProps): ReactElement {
  const { choices, error } = useChoices(props.resource.id);
  const others = (choices?.servers ?? [])
    .filter(({ id }) => String(id) !== String(props.record.id))
    .map(({ id, label }) => ({ value: String(id), label }));
  return <ChoiceField field={props} options={[none, ...others]} placeholder={none.label} error={error} />;
}
