/** Help below a field's name, always in sight: AdminJS hides it in a tooltip that a touch screen cannot open. */

import type { PropertyJSON } from 'adminjs';
import type { ReactElement } from 'react';

export default function PropertyDescription({ property }: { property: PropertyJSON }): ReactElement | null {
  return property.description ? (
    <span className="drs-help drs-description">{property.description}</span>
  ) : null;
}
