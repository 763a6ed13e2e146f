/** Chooses the interpreter of a job among those of the chosen server. */

import type { EditPropertyProps } from 'adminjs';
import { useEffect, type ReactElement } from 'react';
import { ChoiceField } from './shared/choice-field.js';
import { useChoices } from './shared/use-choices.js';

export default function InterpreterChoice(props: EditPropertyProps): ReactElement {
  const { property, record, resource, onChange } = props;
  const { choices, error } = useChoices(resource.id);
  const serverId = String(record.params['serverId'] ?? '');
  const chosen = String(record.params[property.path] ?? '');
  const offered = choices?.interpretersOfServer[serverId] ?? [];
  const options = (choices?.interpreters ?? [])
    .filter(({ id }) => offered.includes(id))
    .map(({ id, label }) => ({ value: String(id), label }));
  const isForeign = choices !== null && chosen !== '' && !options.some(({ value }) => value === chosen);

  useEffect(() => {
    if (isForeign) onChange(property.path, '');
  }, [isForeign]);

  const placeholder = hint({ serverId, count: options.length, isLoading: choices === null });
  return <ChoiceField field={props} options={options} placeholder={placeholder} error={error} />;
}

function hint({
  serverId,
  count,
  isLoading,
}: {
  serverId: string;
  count: number;
  isLoading: boolean;
}): string {
  if (serverId === '') return 'Choose the server first';
  if (isLoading) return 'Loading…';
  return count > 0 ? 'Choose an interpreter' : 'This server has no interpreters: add some to it first';
}
