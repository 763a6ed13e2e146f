/** A link to another page of the panel, which does not load the panel again. */

import type { ReactElement, ReactNode } from 'react';
import { Link } from 'react-router-dom';

export function InnerLink(props: { to: string; className?: string; children: ReactNode }): ReactElement {
  return <Link className="drs-link" {...props} />;
}
