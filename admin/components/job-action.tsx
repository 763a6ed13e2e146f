/** Submits, copies or cancels one job or several, or does it again, and says what became of each. */

import { Button, DrawerContent, MessageBox } from '@adminjs/design-system';
import { useNotice, type ActionProps, type RecordJSON } from 'adminjs';
import { useState, type FormEvent, type ReactElement } from 'react';
import { useNavigate } from 'react-router';
import type { JobStatus } from '../../lib/protocol/job-status.js';
import { callRecords, listUrl, recordUrl } from './shared/api.js';
import { InnerLink } from './shared/inner-link.js';
import { OutcomeList, type Outcome } from './shared/outcome-list.js';
import { emptySignIn, signInData, SignInFields } from './shared/sign-in-fields.js';
import { emptyRunChoices, runData, SubmitFields } from './shared/submit-fields.js';
import { Status } from './shared/status.js';

interface Custom {
  kind: 'submit' | 'copy' | 'cancel' | 'retry' | 'requeue';
  allowLocal: boolean;
}

const verbs: Record<Custom['kind'], (what: string) => string> = {
  submit: (what) => `Submit ${what}`,
  copy: (what) => `Copy ${what}`,
  cancel: (what) => `Cancel ${what}`,
  retry: (what) => `Run ${what} again`,
  requeue: (what) => `Give ${what} to the workers again`,
};
/** These need no sign-in to a server. */
const isBare = (kind: Custom['kind']): boolean => kind === 'cancel' || kind === 'requeue';

export default function JobAction({ action, resource, record, records }: ActionProps): ReactElement {
  const { kind, allowLocal } = action.custom as Custom;
  const jobs = record ? [record] : (records ?? []);
  const [signIn, setSignIn] = useState(emptySignIn);
  const [run, setRun] = useState(emptyRunChoices);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [outcomes, setOutcomes] = useState<Outcome[] | null>(null);
  const navigate = useNavigate();
  const addNotice = useNotice();

  const act = async (): Promise<void> => {
    const data = isBare(kind) ? {} : { ...signInData(signIn), ...(kind === 'submit' ? runData(run) : {}) };
    const answer = await callRecords<{ outcomes: Outcome[] }>({
      resourceId: resource.id,
      actionName: action.name,
      ...(record ? { recordId: record.id } : { recordIds: jobs.map(({ id }) => id) }),
      data,
    });
    setSignIn(emptySignIn);
    const [only] = answer.outcomes;
    if (!record || !only?.isDone) return setOutcomes(answer.outcomes);
    addNotice({ message: only.message, type: 'success' });
    navigate(recordUrl(resource.id, record.id));
  };

  const handleSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    act()
      .catch((cause: Error) => setError(cause.message))
      .finally(() => setBusy(false));
  };

  if (outcomes) return <Outcomes outcomes={outcomes} resourceId={resource.id} />;
  return (
    <DrawerContent>
      <form className="drs-form" onSubmit={handleSubmit} autoComplete="off">
        <ChosenJobs jobs={jobs} />
        {isBare(kind) ? null : (
          <SignInFields
            value={signIn}
            onChange={setSignIn}
            methods={['app', 'password', 'key', 'both']}
            usernameHelp={usernameHelp(kind)}
            secretHelp="Kept sealed until the job has ended, then deleted, and never shown."
          />
        )}
        {kind === 'submit' ? <SubmitFields value={run} onChange={setRun} allowLocal={allowLocal} /> : null}
        {error ? <MessageBox variant="danger" message={error} /> : null}
        <Button type="submit" variant="contained" disabled={isBusy || jobs.length === 0}>
          {isBusy ? 'One moment…' : verbs[kind](jobs.length === 1 ? 'the job' : `${jobs.length} jobs`)}
        </Button>
      </form>
    </DrawerContent>
  );
}

function usernameHelp(kind: Custom['kind']): string {
  const blank = kind === 'retry' ? 'the name of the attempt before' : "the name of each job's owner";
  return `The name on the server. Blank: ${blank}.`;
}

function ChosenJobs({ jobs }: { jobs: RecordJSON[] }): ReactElement {
  return (
    <ul className="drs-rows drs-chosen">
      {jobs.map((job) => (
        <li key={job.id}>
          {job.title} <Status status={job.params['status'] as JobStatus} />
        </li>
      ))}
    </ul>
  );
}

function Outcomes(props: { outcomes: Outcome[]; resourceId: string }): ReactElement {
  return (
    <DrawerContent>
      <div className="drs-stack">
        <OutcomeList {...props} />
        <InnerLink to={listUrl(props.resourceId)}>Back to the jobs</InnerLink>
      </div>
    </DrawerContent>
  );
}
