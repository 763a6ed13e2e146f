/** Signs in with exactly what was given, the key before the password: each is offered once, and nothing else. */

import type { AnyAuthMethod, AuthHandlerMiddleware, AuthenticationType } from 'ssh2';
import type { TransportError } from '../errors.js';
import { Sha1Required } from './agent-keys.js';
import { agentOffer, keyOffer, passwordOffer, type Offer } from './offers.js';
import type { Credential, Target } from './session.js';
import { authRefused } from './transport-problems.js';

/** One sign-in under way. */
export interface SignIn {
  readonly handler: AuthHandlerMiddleware;
  /** True once a credential was offered. */
  hasBegun(): boolean;
  /** Why it was refused, as far as is known. @param said what the server said: to people, and when it ended the sign-in */
  refusal(cause: unknown, said: { words: string; end?: string }): Error;
}

/**
 * @param onRefusal called when the server asks for what we do not answer; the connection must end
 * @throws TransportError `key_unusable` when the key cannot be read or the agent does not answer; `auth_refused` when
 *   there is no credential
 */
export async function createSignIn(
  target: Target,
  onRefusal: (error: TransportError) => void,
): Promise<SignIn> {
  const { password, privateKey, agent } = target.credential;
  const offers: Offer[] = [];
  const refuse = (what: string) => onRefusal(authRefused(target, what));
  const on = {
    refused: () => refuse(`password refused. ${advice(target.credential)}`),
    asked: (questions: string) => refuse(`the server asks ${questions}, which ${noAnswer(offers.length)}`),
  };
  if (privateKey !== undefined) offers.push(keyOffer(target));
  else if (agent !== undefined) offers.push(await agentOffer(target, agent));
  if (password !== undefined) offers.push(passwordOffer(target, on));
  if (offers.length === 0) throw authRefused(target, 'no password, key or agent was given');
  return new OfferedInTurn(target, offers);
}

class OfferedInTurn implements SignIn {
  readonly #target: Target;
  readonly #offers: readonly Offer[];
  #current: Offer | null = null;
  #hasBegun = false;
  #isOver = false;
  /** What the server takes next; null: not known. */
  #left: readonly string[] | null = null;
  /** A question without a credential is under way (RFC 4252, section 5.2). */
  #isAsking = false;

  constructor(target: Target, offers: readonly Offer[]) {
    this.#target = target;
    this.#offers = offers;
  }

  hasBegun(): boolean {
    return this.#hasBegun;
  }

  readonly handler: AuthHandlerMiddleware = (left, wasPartial, next) => {
    const auth = this.#isOver ? null : this.#next(left, wasPartial === true);
    this.#isOver ||= auth === null;
    // ssh2 takes `false` for "no more methods"; its types do not name it here.
    next(auth ?? (false as unknown as AuthenticationType));
  };

  #next(left: readonly string[] | null, wasPartial: boolean): AnyAuthMethod | null {
    const current = this.#current;
    if (!this.#isAsking && this.#hasToAsk(left)) {
      this.#isAsking = true;
      return { type: 'none', username: this.#target.username };
    }
    const before = this.#left;
    const isOfAgent = current?.wasSigned !== undefined;
    if (this.#isAsking || !isOfAgent) this.#left = left;
    const hasChanged = before?.join() !== this.#left?.join();
    if (current) judge(current, isOfAgent ? this.#isAsking && hasChanged : wasPartial);
    this.#isAsking = false;
    return this.#offer();
  }

  /**
   * Where there is a choice, the server is asked first what it takes. And ssh2 does not pass on what the server says to
   * a key of an agent.
   */
  #hasToAsk(left: readonly string[] | null): boolean {
    if (this.#current) return this.#current.wasSigned?.() === true;
    return left === null && (this.#offers.length > 1 || this.#offers[0]?.wasSigned !== undefined);
  }

  #offer(): AnyAuthMethod | null {
    for (const offer of this.#offers) {
      const auth = offer.next(this.#left);
      if (auth === null) continue;
      this.#current = offer;
      this.#hasBegun = true;
      return auth;
    }
    return null;
  }

  refusal(cause: unknown, { words, end = '' }: { words: string; end?: string }): Error {
    this.#isOver = true;
    if (this.#current?.outcome === 'not asked for') this.#current.outcome = 'refused';
    const problem = this.#offers.map((offer) => offer.problem?.() ?? null).find((found) => found !== null);
    if (problem instanceof Sha1Required)
      return authRefused(this.#target, `${problem.message}. ${sha1Advice}`, problem);
    if (problem) return problem;
    const ended = end && `, and the server ended the sign-in: ${JSON.stringify(end.slice(0, 200))}`;
    const said = words && `. The server says: ${JSON.stringify(words)}`;
    return authRefused(this.#target, `${this.#told()}${ended}. ${this.#advice()}${said}`, cause);
  }

  #told(): string {
    const left = this.#left?.join(' or ') || 'something else';
    const told = this.#offers.map((offer) => offer.told()).join(', ');
    if (this.#refused.length === 0 && this.#offers.some(({ outcome }) => outcome === 'accepted'))
      return `${told}, but the server also asks for ${left}`;
    return this.#takesRefused() ? told : `${told}, the server asks for ${left}`;
  }

  get #refused(): Offer[] {
    return this.#offers.filter(({ outcome }) => outcome === 'refused');
  }

  /** It would take what it refused, if it were another one; otherwise it asks for something else. */
  #takesRefused(): boolean {
    return this.#refused.some(({ methods }) => methods.some((name) => this.#left?.includes(name) !== false));
  }

  #advice(): string {
    const { credential } = this.#target;
    const isAccepted = this.#offers.some(({ outcome }) => outcome === 'accepted');
    if (isAccepted && this.#offers.length === 1)
      return 'Give all that it asks for, as in a key and a password';
    if (isAccepted) return 'Check the other one';
    if (!this.#takesRefused()) return 'Give all that it asks for, as in a key and a password';
    const isAgent = credential.agent !== undefined && credential.privateKey === undefined;
    const alone = '. Or give the right key alone, as privateKey, or leave fewer keys in the agent';
    return `${advice(credential)}${isAgent ? alone : ''}`;
  }
}

function judge(offer: Offer, isAccepted: boolean): void {
  if (isAccepted) offer.outcome = 'accepted';
  else if (offer.outcome !== 'accepted') offer.outcome = 'refused';
}

function noAnswer(offers: number): string {
  return offers === 1
    ? 'a password does not answer. Sign in with a key'
    : 'neither the key nor the password answers. A person has to: give a key that needs no more than itself';
}

const sha1Advice =
  'Use a key of another type, as ssh-keygen -t ed25519 makes it, or have an administrator set legacyAlgorithms of this server';

function advice({ privateKey, agent }: Credential): string {
  if (privateKey !== undefined || agent !== undefined) {
    return 'Check the user name, and that the public key is in ~/.ssh/authorized_keys there';
  }
  return 'Check the user name and the password, and that the server allows passwords';
}
