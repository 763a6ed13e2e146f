/** Who is signed in, where AdminJS would show version numbers. */

import { useCurrentAdmin } from 'adminjs';
import type { ReactElement } from 'react';

export default function Version(): ReactElement {
  const [person] = useCurrentAdmin();
  const { label, role } = (person ?? {}) as { label?: string; role?: string };
  return (
    <div className="drs-user" data-testid="signed-in">
      {label} ({role})
    </div>
  );
}
