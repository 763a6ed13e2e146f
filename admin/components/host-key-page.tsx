/** The host key of a server: seen, approved, forgotten. */

import { Button, DrawerContent, Loader, MessageBox } from '@adminjs/design-system';
import type { ActionProps } from 'adminjs';
import { useEffect, type ReactElement } from 'react';
import { ChangedKey, HostKeyState, type HostKey, type HostKeyAnswer } from './shared/host-key-state.js';
import { Ago } from './shared/status.js';
import { useServerAction } from './shared/use-server-action.js';

export default function HostKeyPage(props: ActionProps): ReactElement {
  const { policy } = props.action.custom as { policy: 'pin-first-use' | 'approved-only' };
  const { run, answer, error, isBusy } = useServerAction<HostKeyAnswer>(props);
  useEffect(() => {
    void run({});
  }, []);
  const key = answer?.hostKey ?? null;
  return (
    <DrawerContent>
      <div className="drs-stack drs-form">
        {error ? <MessageBox variant="danger" message={error} /> : null}
        {!answer && !error ? <Loader /> : null}
        {answer && !key ? <p className="drs-muted">{emptyText(policy)}</p> : null}
        {answer ? <ChangedKey {...answer} /> : null}
        {key ? <KeyFacts hostKey={key} /> : null}
        {answer && (key || answer.offered) ? (
          <>
            <p className="drs-muted">
              Compare the fingerprint with the one that the server’s administrator names, or with what{' '}
              <code className="drs-code">ssh-keygen -l</code> prints there. A server that shows another key is
              refused before anything secret is sent. Forget the key only when you know why it changed.
            </p>
            <Decisions {...answer} isBusy={isBusy} run={run} />
          </>
        ) : null}
      </div>
    </DrawerContent>
  );
}

type DecisionsProps = HostKeyAnswer & { isBusy: boolean; run: (data: object) => Promise<unknown> };

/** A key that was approved is forgotten before another one is approved. */
function Decisions({ hostKey, offered, isBusy, run }: DecisionsProps): ReactElement {
  const decide = (decision: 'approve' | 'forget', { fingerprint }: { fingerprint: string }): void =>
    void run({ decision, fingerprint });
  return (
    <div className="drs-buttons">
      {hostKey && !hostKey.approvedAt ? (
        <Button variant="contained" disabled={isBusy} onClick={() => decide('approve', hostKey)}>
          Approve this key
        </Button>
      ) : null}
      {offered && !hostKey?.isTrusted ? (
        <Button variant="contained" disabled={isBusy} onClick={() => decide('approve', offered)}>
          Approve the key that it showed
        </Button>
      ) : null}
      {hostKey ? (
        <Button color="danger" variant="outlined" disabled={isBusy} onClick={() => decide('forget', hostKey)}>
          Forget this key
        </Button>
      ) : null}
    </div>
  );
}

function KeyFacts({ hostKey }: { hostKey: HostKey }): ReactElement {
  const { type, fingerprint, firstSeenAt } = hostKey;
  return (
    <dl className="drs-facts">
      <dt>Type</dt>
      <dd>{type}</dd>
      <dt>Fingerprint</dt>
      <dd>
        <code className="drs-code">{fingerprint}</code>
      </dd>
      <dt>First seen</dt>
      <dd>
        <Ago time={firstSeenAt} />
      </dd>
      <dt>Approval</dt>
      <dd>
        <HostKeyState hostKey={hostKey} />
      </dd>
    </dl>
  );
}

function emptyText(policy: string): string {
  return policy === 'approved-only'
    ? 'No key is known yet. Test the connection: the key that the server shows appears here, for you to approve.'
    : 'No key is known yet. The first connection remembers the key that the server shows.';
}
