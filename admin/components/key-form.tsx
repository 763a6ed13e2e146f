/** Puts the application's public key on a server for a user, or takes it away. */

import { Button, DrawerContent, MessageBox } from '@adminjs/design-system';
import type { ActionProps } from 'adminjs';
import { useState, type FormEvent, type ReactElement } from 'react';
import { emptySignIn, signInData, SignInFields, type SignIn } from './shared/sign-in-fields.js';
import { useServerAction } from './shared/use-server-action.js';

const words = {
  copyKey: {
    lead: 'Adds this application’s public key to the user’s authorized keys there, so that jobs of that user need no password.',
    button: 'Copy the key',
  },
  deleteKey: {
    lead: 'Removes exactly this application’s public key from the user’s authorized keys there. Other keys stay.',
    button: 'Delete the key',
  },
};

export default function KeyForm(props: ActionProps): ReactElement {
  const { kind } = props.action.custom as { kind: keyof typeof words };
  const { run, answer, error, isBusy } = useServerAction<{ message: string }>(props);
  const [signIn, setSignIn] = useState<SignIn>({ ...emptySignIn, method: 'password' });
  const handleSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void run(signInData(signIn)).then(() =>
      setSignIn({ ...signIn, password: '', privateKey: '', passphrase: '' }),
    );
  };
  return (
    <DrawerContent>
      <p className="drs-muted drs-lead">{words[kind].lead}</p>
      <form className="drs-form" onSubmit={handleSubmit} autoComplete="off">
        <SignInFields
          value={signIn}
          onChange={setSignIn}
          methods={['password', 'key', 'both']}
          usernameHelp={`The name on ${String(props.record?.params['hostname'])}.`}
          secretHelp="Used once, and not kept."
          isUsernameNeeded
        />
        {error ? <MessageBox variant="danger" message={error} /> : null}
        {answer && !error ? <MessageBox variant="success" message={answer.message} /> : null}
        <Button type="submit" variant="contained" disabled={isBusy}>
          {isBusy ? 'One moment…' : words[kind].button}
        </Button>
      </form>
    </DrawerContent>
  );
}
