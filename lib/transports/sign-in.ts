/** Signs in with exactly the credential that was given, once: nothing else is offered, nothing is tried again. */

import type {
  AnyAuthMethod,
  AuthHandlerMiddleware,
  AuthenticationType,
  KeyboardInteractiveAuthMethod,
  Prompt,
} from 'ssh2';
import type { TransportError } from '../errors.js';
import { readPrivateKey } from './public-key.js';
import type { Credential, Target } from './session.js';
import { authRefused, keyUnusable } from './transport-problems.js';

/** One sign-in under way. */
export interface SignIn {
  readonly handler: AuthHandlerMiddleware;
  /** True once a credential was offered. */
  hasBegun(): boolean;
  /** Why it was refused, as far as is known. */
  refusal(cause?: unknown): TransportError;
}

/** The next method to try, given those that the server still takes (null: not known yet). */
type Method = (left: string[] | null) => AnyAuthMethod | null;

/**
 * @param onRefusal called when the server asks for what we do not answer; the connection must end
 * @throws TransportError `key_unusable` when the key cannot be read; `auth_refused` when there is no credential
 */
export function createSignIn(target: Target, onRefusal: (error: TransportError) => void): SignIn {
  const { name, method } = methodFor(target, onRefusal);
  let hasBegun = false;
  let asksFor: string | null = null;
  return {
    hasBegun: () => hasBegun,
    refusal(cause) {
      const also = `${name} accepted, but the server also asks for ${asksFor}`;
      return authRefused(target, asksFor ? also : `${name} refused. ${advice(target.credential)}`, cause);
    },
    handler(left, wasPartial, next) {
      if (wasPartial) asksFor = left?.join(' or ') || 'something else';
      const auth = wasPartial ? null : method(left);
      hasBegun ||= auth !== null;
      // ssh2 takes `false` for "no more methods"; its types do not name it here.
      next(auth ?? (false as unknown as AuthenticationType));
    },
  };
}

function methodFor(
  target: Target,
  onRefusal: (error: TransportError) => void,
): { name: string; method: Method } {
  const { password, privateKey, agent } = target.credential;
  if (privateKey !== undefined) return { name: 'key', method: once(keyMethod(target)) };
  if (agent !== undefined)
    return {
      name: 'every key of the agent',
      method: once({ type: 'agent', username: target.username, agent }),
    };
  if (password !== undefined)
    return { name: 'password', method: passwordMethods(target, password, onRefusal) };
  throw authRefused(target, 'no password, key or agent was given');
}

function once(auth: AnyAuthMethod): Method {
  let isUsed = false;
  return () => (isUsed ? null : ((isUsed = true), auth));
}

function keyMethod(target: Target): AnyAuthMethod {
  const { key, problem } = readPrivateKey(target.credential.privateKey ?? '', target.credential.passphrase);
  if (!key) throw keyUnusable(target, problem.replace(/\.$/, ''));
  return { type: 'publickey', username: target.username, key };
}

/**
 * `password`; and `keyboard-interactive` only where the server has no `password`, so that a wrong password
 * counts as one failure over there, not as two.
 */
function passwordMethods(
  target: Target,
  password: string,
  onRefusal: (error: TransportError) => void,
): Method {
  const { username } = target;
  const tried = new Set<string>();
  return (left) => {
    if (!tried.has('password')) {
      tried.add('password');
      return { type: 'password', username, password };
    }
    const hasOnlyPrompts = left?.includes('keyboard-interactive') === true && !left.includes('password');
    if (!hasOnlyPrompts || tried.has('prompts')) return null;
    tried.add('prompts');
    return { type: 'keyboard-interactive', username, prompt: answerOnePrompt(target, password, onRefusal) };
  };
}

type PromptHandler = KeyboardInteractiveAuthMethod['prompt'];

/** Answers a single hidden prompt that asks for the password, once; anything else ends the sign-in. */
function answerOnePrompt(
  target: Target,
  password: string,
  onRefusal: (error: TransportError) => void,
): PromptHandler {
  let isAnswered = false;
  // ssh2 passes name, instructions, language, prompts and a callback.
  return (...[, , , prompts, finish]) => {
    const [prompt] = prompts;
    if (prompts.length === 1 && prompt && asksForPassword(prompt)) {
      if (isAnswered) onRefusal(authRefused(target, `password refused. ${advice(target.credential)}`));
      else finish([password]);
      isAnswered = true;
      return;
    }
    const questions = prompts
      .map(({ prompt: question }) => JSON.stringify(question.trim().slice(0, 80)))
      .join(', ');
    onRefusal(
      authRefused(
        target,
        `the server asks ${questions}, which a password does not answer. Sign in with a key`,
      ),
    );
  };
}

/** "Password:", "(ann@host) Password:", "Passwort:"; but no "New password:" and no "One-time password (OTP):". */
function asksForPassword({ prompt, echo }: Prompt): boolean {
  if (echo !== false) return false;
  if (
    /new|again|retype|repeat|current|old|expired|change|one[- ]?time|otp|token|verif|code|neues/i.test(prompt)
  )
    return false;
  return /password|passwort|kennwort|passwd|mot de passe|contrase(ñ|n)a|senha|wachtwoord|пароль|密码|パスワード/i.test(
    prompt,
  );
}

function advice({ privateKey, agent }: Credential): string {
  if (privateKey !== undefined || agent !== undefined) {
    return 'Check the user name, and that the public key is in ~/.ssh/authorized_keys there';
  }
  return 'Check the user name and the password, and that the server allows passwords';
}
