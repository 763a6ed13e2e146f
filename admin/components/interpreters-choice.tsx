/** Chooses the interpreters of a server among the available ones. */

import { CheckBox } from '@adminjs/design-system';
import { flat, type EditPropertyProps } from 'adminjs';
import type { ReactElement } from 'react';
import { newUrl } from './shared/api.js';
import { InnerLink } from './shared/inner-link.js';
import { EditFrame } from './shared/property-frame.js';
import { useChoices } from './shared/use-choices.js';

export default function InterpretersChoice(props: EditPropertyProps): ReactElement {
  const { property, record, resource, onChange } = props;
  const { choices, error } = useChoices(resource.id);
  const chosen = ((flat.get(record.params, property.path) ?? []) as (string | number)[]).map(String);
  const { interpretersId } = property.custom as { interpretersId: string };

  const toggle = (id: string): void =>
    onChange(property.path, chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);

  return (
    <EditFrame {...props}>
      {error ? <div role="alert">{error}</div> : null}
      <div className="drs-checks">
        {choices?.interpreters.map(({ id, label }) => (
          <label key={id} htmlFor={`interpreter-${id}`}>
            <CheckBox
              id={`interpreter-${id}`}
              checked={chosen.includes(String(id))}
              onChange={() => toggle(String(id))}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
      {choices?.interpreters.length === 0 ? (
        <div className="drs-muted">
          There are no interpreters yet. <InnerLink to={newUrl(interpretersId)}>Add one</InnerLink>, then come
          back.
        </div>
      ) : null}
    </EditFrame>
  );
}
