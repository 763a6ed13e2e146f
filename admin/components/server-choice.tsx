/** Chooses the server of a job. */

import type { EditPropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { ChoiceField } from './shared/choice-field.js';
import { useChoices } from './shared/use-choices.js';

export default function ServerChoice(props: EditPropertyProps): ReactElement {
  const { choices, error } = useChoices(props.resource.id);
  const options = (choices?.servers ?? []).map(({ id, label }) => ({ value: String(id), label }));
  const isEmpty = choices !== null && options.length === 0;
  const placeholder = isEmpty ? 'There are no servers yet: add one first' : 'Choose a server';
  return <ChoiceField field={props} options={options} placeholder={placeholder} error={error} />;
}
