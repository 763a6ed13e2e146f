/** Whether a host key was approved, by whom and when. */

import type { ReactElement } from 'react';
import { Ago } from './status.js';

interface Shown {
  type: string;
  fingerprint: string;
}

/** The key that a server is known by, as the panel's actions tell it. */
export interface HostKey extends Shown {
  isTrusted: boolean;
  firstSeenAt: string;
  approvedAt: string | null;
  approvedBy: string | null;
}

/** What the panel's action tells of a server's key. */
export interface HostKeyAnswer {
  hostKey: HostKey | null;
  /** What the machine showed in its place, and when. */
  offered: (Shown & { seenAt: string }) | null;
}

/** As in `approved by ann, 3 minutes ago`. */
export function HostKeyState({ hostKey }: { hostKey: HostKey }): ReactElement {
  const { isTrusted, approvedAt, approvedBy } = hostKey;
  if (!approvedAt) return <>{isTrusted ? 'trusted on first use' : 'not approved yet'}</>;
  return (
    <>
      approved by {approvedBy}, <Ago time={approvedAt} />
    </>
  );
}

/** A warning, when the machine showed another key than the known one. */
export function ChangedKey({ hostKey, offered }: HostKeyAnswer): ReactElement | null {
  if (!offered) return null;
  return (
    <div className="drs-warning" role="alert">
      {hostKey ? <strong>The host key changed.</strong> : <strong>No key is pinned.</strong>} The server
      showed {hostKey ? 'another one' : 'this one'}, <Ago time={offered.seenAt} />, and was refused.
      <dl className="drs-facts">
        {hostKey ? <KeyFact label="Known" {...hostKey} /> : null}
        <KeyFact label="Shown" {...offered} />
      </dl>
    </div>
  );
}

function KeyFact({ label, type, fingerprint }: Shown & { label: string }): ReactElement {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <code className="drs-code">{`${type} ${fingerprint}`}</code>
      </dd>
    </>
  );
}
