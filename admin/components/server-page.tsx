/** The page of a server: where it is, what it has, which key it is known by, and the way to its jobs. */

import { Box } from '@adminjs/design-system';
import { flat, type ActionProps, type RecordJSON } from 'adminjs';
import { useEffect, type ReactElement } from 'react';
import { listUrl, recordUrl } from './shared/api.js';
import { History } from './shared/history.js';
import { ChangedKey, HostKeyState, type HostKeyAnswer } from './shared/host-key-state.js';
import { InnerLink } from './shared/inner-link.js';
import { Ago } from './shared/status.js';
import { useServerAction } from './shared/use-server-action.js';
import { FactList, type Fact } from './shared/fact-list.js';

interface Custom {
  jobsId: string;
  interpretersId: string;
}

export default function ServerPage(props: ActionProps): ReactElement {
  const { record, action, resource } = props;
  const { title, hostname, port, controlDirectory, legacyAlgorithms, transport, scheduler } =
    (record?.params ?? {}) as Record<string, string>;
  const { usernames, createdAt } = (record?.params ?? {}) as Record<string, string>;
  const allowedUsers = flat.get(record?.params ?? {}, 'allowedUsers') as string[] | null | undefined;
  const { jobsId, interpretersId } = action.custom as unknown as Custom;
  const facts: Fact[] = [
    ['Address', <code className="drs-code">{`${hostname}:${port}`}</code>],
    ...(record?.params['proxyJump']
      ? [['Jump host', <JumpHost record={record} resourceId={resource.id} />] as Fact]
      : []),
    ['Interpreters', <Interpreters params={record?.params ?? {}} resourceId={interpretersId} />],
    ['Host key', <KnownKey {...props} />],
    [
      'Jobs',
      <InnerLink to={listUrl(jobsId, { serverId: String(record?.id) })}>those on this server</InnerLink>,
    ],
    ...(controlDirectory
      ? [['Control directory', <code className="drs-code">{controlDirectory}</code>] as Fact]
      : []),
    ['Reached by', transport],
    ['Scheduler', scheduler],
    ...(String(legacyAlgorithms) === 'true' ? [['Old algorithms', 'allowed there'] as Fact] : []),
    ...(allowedUsers?.length ? [['Allowed users', allowedUsers.join(', ')] as Fact] : []),
    ...(usernames === 'own' ? [['User names', 'those of the owners of jobs alone'] as Fact] : []),
    ['Added', <Ago time={createdAt} />],
  ];
  return (
    <Box className="drs-stack" data-testid={`${resource.id}-page`}>
      <section className="drs-card">
        <h2 className="drs-title">{title}</h2>
        <FactList facts={facts} />
      </section>
      <section className="drs-card">
        <h3>Who did what</h3>
        <History resourceId={resource.id} recordId={record?.id} />
      </section>
    </Box>
  );
}

function JumpHost({ record, resourceId }: { record: RecordJSON; resourceId: string }): ReactElement {
  const id = String(record.params['proxyJump']);
  return (
    <InnerLink to={recordUrl(resourceId, id)}>
      {record.populated['proxyJump']?.title ?? `server ${id}`}
    </InnerLink>
  );
}

function Interpreters(props: { params: RecordJSON['params']; resourceId: string }): ReactElement {
  const ids = (flat.get(props.params, 'interpreterIds') ?? []) as number[];
  const names = (flat.get(props.params, 'interpreterNames') ?? []) as string[];
  if (ids.length === 0) return <>none yet: edit the server to choose some</>;
  return (
    <span className="drs-tags">
      {ids.map((id, index) => (
        <InnerLink key={id} to={recordUrl(props.resourceId, id)}>
          {names[index]}
        </InnerLink>
      ))}
    </span>
  );
}

function KnownKey(props: ActionProps): ReactElement {
  const { run, answer, error } = useServerAction<HostKeyAnswer>(props, 'hostKey');
  useEffect(() => {
    void run({});
  }, []);
  if (error) return <>{error}</>;
  if (!answer) return <>…</>;
  if (!answer.hostKey && !answer.offered) return <>not seen yet: test the connection</>;
  return (
    <>
      <ChangedKey {...answer} />
      {answer.hostKey ? (
        <>
          <code className="drs-code">{answer.hostKey.fingerprint}</code>{' '}
          <span className="drs-muted">
            <HostKeyState hostKey={answer.hostKey} />
          </span>
        </>
      ) : null}
    </>
  );
}
