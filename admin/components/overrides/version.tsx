/** Who is signed in, where AdminJS would show version numbers. */

import { useCurrentAdmin } from 'adminjs';
import type { ReactElement } from 'react';

interface Person {
  label: string;
  role: string;
  /** They signed in by the panel's own form. */
  canSignOut: boolean;
}

export default function Version(): ReactElement {
  const [person] = useCurrentAdmin();
  const { label, role, canSignOut } = (person ?? {}) as Partial<Person>;
  return (
    <div className="drs-user" data-testid="signed-in">
      {label} ({role})
      {canSignOut ? (
        <form method="post" action={signOutPath()}>
          <button type="submit">Sign out</button>
        </form>
      ) : null}
    </div>
  );
}

function signOutPath(): string {
  return (window as unknown as { REDUX_STATE: { paths: { logoutPath: string } } }).REDUX_STATE.paths
    .logoutPath;
}
