/** Whether a host key was approved, by whom and when. */

import type { ReactElement } from 'react';
import { Ago } from './status.js';

/** The key that a server is known by, as the panel's actions tell it. */
export interface HostKey {
  type: string;
  fingerprint: string;
  isApproved: boolean;
  firstSeenAt: string;
  approvedAt: string | null;
  approvedBy: string | null;
  /** What the machine showed in its place since, and when. */
  changed: { shown: string; time: string } | null;
}

/** As in `approved by ann, 3 minutes ago`. */
export function HostKeyState({ hostKey }: { hostKey: HostKey }): ReactElement {
  const { isApproved, approvedAt, approvedBy } = hostKey;
  if (!approvedAt) return <>{isApproved ? 'trusted on first use' : 'not approved yet'}</>;
  return (
    <>
      approved by {approvedBy}, <Ago time={approvedAt} />
    </>
  );
}

/** A warning, when the machine showed another key than the known one. */
export function ChangedKey({ hostKey }: { hostKey: HostKey }): ReactElement | null {
  const { changed, type, fingerprint } = hostKey;
  if (!changed) return null;
  return (
    <div className="drs-warning" role="alert">
      <strong>The host key changed.</strong> The server showed another one, <Ago time={changed.time} />, and
      was refused.
      <dl className="drs-facts">
        <dt>Known</dt>
        <dd>
          <code className="drs-code">{`${type} ${fingerprint}`}</code>
        </dd>
        <dt>Shown</dt>
        <dd>
          <code className="drs-code">{changed.shown}</code>
        </dd>
      </dl>
    </div>
  );
}
