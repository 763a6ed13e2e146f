/** How to sign in to a server: the app's own key, a password, a private key, or these two together. */

import { Input, TextArea } from '@adminjs/design-system';
import type { ChangeEvent, ReactElement } from 'react';
import { Field } from './field.js';

/** What the person gave; empty strings are left out before sending. */
export interface SignIn {
  username: string;
  method: 'app' | 'password' | 'key' | 'both';
  password: string;
  privateKey: string;
  passphrase: string;
}

export const emptySignIn: SignIn = {
  username: '',
  method: 'app',
  password: '',
  privateKey: '',
  passphrase: '',
};

/** The part of a request that signs in: only what belongs to the chosen method. */
export function signInData(signIn: SignIn): Record<string, string> {
  const { username, method, password, privateKey, passphrase } = signIn;
  const secrets = {
    ...(hasKey(method) ? { privateKey, passphrase } : {}),
    ...(hasPassword(method) ? { password } : {}),
  };
  return Object.fromEntries(
    Object.entries({ username: username.trim(), ...secrets }).filter(([, value]) => value !== ''),
  );
}

const hasKey = (method: SignIn['method']): boolean => method === 'key' || method === 'both';
const hasPassword = (method: SignIn['method']): boolean => method === 'password' || method === 'both';

const methods: Record<SignIn['method'], string> = {
  app: "with this application's own key",
  password: 'with a password',
  key: 'with a private key',
  both: 'with a private key and a password',
};

interface Props {
  value: SignIn;
  onChange: (value: SignIn) => void;
  methods: readonly SignIn['method'][];
  usernameHelp: string;
  /** What becomes of a secret, in words. */
  secretHelp: string;
  isUsernameNeeded?: boolean;
}

/** The fields for it. */
export function SignInFields(props: Props): ReactElement {
  const { value, onChange } = props;
  const set = (change: Partial<SignIn>): void => onChange({ ...value, ...change });
  return (
    <>
      <Field id="drs-username" label="User name" help={props.usernameHelp}>
        <Input
          id="drs-username"
          width={1}
          autoComplete="off"
          autoCapitalize="off"
          required={props.isUsernameNeeded}
          value={value.username}
          onChange={(event: ChangeEvent<HTMLInputElement>) => set({ username: event.target.value })}
        />
      </Field>
      <fieldset className="drs-choice">
        <legend>
          Sign in{' '}
          <span className="drs-help drs-description">How this application proves who you are there.</span>
        </legend>
        {props.methods.map((method) => (
          <label key={method}>
            <input
              type="radio"
              name="drs-method"
              value={method}
              checked={value.method === method}
              onChange={() => set({ method })}
            />
            {methods[method]}
          </label>
        ))}
      </fieldset>
      <SecretFields value={value} set={set} secretHelp={props.secretHelp} />
    </>
  );
}

interface SecretProps {
  value: SignIn;
  set: (change: Partial<SignIn>) => void;
  secretHelp: string;
}

function SecretFields(props: SecretProps): ReactElement {
  const { method } = props.value;
  return (
    <>
      {hasKey(method) ? <KeyFields {...props} /> : null}
      {hasPassword(method) ? <PasswordField {...props} /> : null}
    </>
  );
}

function PasswordField({ value, set, secretHelp }: SecretProps): ReactElement {
  return (
    <Field id="drs-password" label="Password" help={secretHelp}>
      <Input
        id="drs-password"
        type="password"
        width={1}
        autoComplete="new-password"
        required
        value={value.password}
        onChange={(event: ChangeEvent<HTMLInputElement>) => set({ password: event.target.value })}
      />
    </Field>
  );
}

function KeyFields({ value, set, secretHelp }: SecretProps): ReactElement {
  return (
    <>
      <Field id="drs-key" label="Private key" help={`In PEM or OpenSSH format. ${secretHelp}`}>
        <TextArea
          id="drs-key"
          className="drs-code"
          width={1}
          rows={6}
          spellCheck={false}
          autoComplete="off"
          required
          placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
          value={value.privateKey}
          onChange={(event: ChangeEvent<HTMLTextAreaElement>) => set({ privateKey: event.target.value })}
        />
      </Field>
      <Field id="drs-passphrase" label="Passphrase" help="Blank if the key has none.">
        <Input
          id="drs-passphrase"
          type="password"
          width={1}
          autoComplete="new-password"
          value={value.passphrase}
          onChange={(event: ChangeEvent<HTMLInputElement>) => set({ passphrase: event.target.value })}
        />
      </Field>
    </>
  );
}
