/** Tries the way to a server, and shows each step with its time. */

import { Button, DrawerContent, MessageBox } from '@adminjs/design-system';
import type { ActionProps } from 'adminjs';
import { useState, type FormEvent, type ReactElement } from 'react';
import { emptySignIn, signInData, SignInFields } from './shared/sign-in-fields.js';
import { useServerAction } from './shared/use-server-action.js';
import { formatDuration } from '../../lib/protocol/formats.js';

interface Step {
  name: string;
  isOk: boolean;
  message: string;
  ms: number | null;
}

export default function TestConnection(props: ActionProps): ReactElement {
  const { hasOwnKey } = props.action.custom as { hasOwnKey: boolean };
  const { run, answer, error, isBusy } = useServerAction<{ steps: Step[] }>(props);
  const [signIn, setSignIn] = useState({
    ...emptySignIn,
    method: hasOwnKey ? ('app' as const) : ('password' as const),
  });
  const handleSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void run(signInData(signIn));
  };
  return (
    <DrawerContent>
      <p className="drs-muted drs-lead">
        {props.record?.params['proxyJump']
          ? 'Signs in to each jump host on the way'
          : `Looks up ${String(props.record?.params['hostname'])}, greets port ${String(props.record?.params['port'])}`}
        , checks the host key, signs in, tries the shell, looks for the commands and interpreters that jobs
        need, and makes the control directory.
      </p>
      <form className="drs-form" onSubmit={handleSubmit} autoComplete="off">
        <SignInFields
          value={signIn}
          onChange={setSignIn as (value: typeof emptySignIn) => void}
          methods={hasOwnKey ? ['app', 'password', 'key', 'both'] : ['password', 'key', 'both']}
          usernameHelp="The name on the server. Blank: your own."
          secretHelp="Used for this test only, and not kept."
        />
        {error ? <MessageBox variant="danger" message={error} /> : null}
        <Button type="submit" variant="contained" disabled={isBusy}>
          {isBusy ? 'Testing…' : 'Test the connection'}
        </Button>
      </form>
      {answer ? <Steps steps={answer.steps} /> : null}
    </DrawerContent>
  );
}

function Steps({ steps }: { steps: Step[] }): ReactElement {
  return (
    <ol className="drs-rows drs-steps" data-testid="steps">
      {steps.map(({ name, isOk, message, ms }, index) => (
        <li key={index} data-step={isOk ? 'done' : 'failed'}>
          <span className="drs-mark" aria-label={isOk ? 'works' : 'failed'}>
            {isOk ? '✓' : '✗'}
          </span>
          <span>
            <strong>{name}</strong> {message}{' '}
            {ms === null ? null : <span className="drs-muted">{formatDuration(ms)}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
