/** What somebody has to sign in with, each to be offered once. */

import type { AnyAuthMethod } from 'ssh2';
import { agentKeys, agentUnusable, Sha1Required, type AgentKey } from './agent-keys.js';
import { answerOnePrompt } from './prompts.js';
import { readPrivateKey } from './public-key.js';
import type { Target } from './session.js';
import { keyUnusable } from './transport-problems.js';

/** How far one of them came. */
export type Outcome = 'not asked for' | 'refused' | 'accepted';

/** A key, the keys of an agent, or a password. */
export interface Offer {
  /** In the words of RFC 4252. */
  readonly methods: readonly string[];
  outcome: Outcome;
  /** The next thing to send, given what the server takes (null: not known yet), or null for nothing. */
  next(left: readonly string[] | null): AnyAuthMethod | null;
  /** Such as `key refused`. */
  told(): string;
  /** True for what ssh2 says nothing of but that it did not suffice: whether it was wanted. */
  wasSigned?(): boolean;
  /** Why it could not be offered, or null. */
  problem?(): Error | null;
}

const takes = (left: readonly string[] | null, method: string) => left === null || left.includes(method);

/** @throws TransportError `key_unusable` when the key cannot be read */
export function keyOffer(target: Target): Offer {
  const { privateKey = '', passphrase } = target.credential;
  const { key, problem } = readPrivateKey(privateKey, passphrase);
  if (!key) throw keyUnusable(target, problem.replace(/\.$/, ''));
  let refusedSha1: Error | null = null;
  const sign = key.sign.bind(key);
  key.sign = (data, hash) => {
    if (hash !== 'sha1' || target.legacyAlgorithms) return sign(data, hash);
    // ssh2 takes an Error for a signature that could not be made; its types do not say so.
    return (refusedSha1 = new Sha1Required()) as unknown as Buffer;
  };
  let isUsed = false;
  const offer: Offer = {
    methods: ['publickey'],
    outcome: 'not asked for',
    next(left) {
      if (isUsed || !takes(left, 'publickey')) return null;
      isUsed = true;
      return { type: 'publickey', username: target.username, key };
    },
    told: () => `key ${offer.outcome}`,
    problem: () => refusedSha1,
  };
  return offer;
}

/** @throws TransportError `key_unusable` when the agent does not answer */
export async function agentOffer(target: Target, path: string): Promise<Offer> {
  const keys = await agentKeys(target, path, target.legacyAlgorithms === true);
  let offered = 0;
  let last: AgentKey | undefined;
  const offer: Offer = {
    methods: ['publickey'],
    outcome: 'not asked for',
    next(left) {
      if (offered >= keys.length || !takes(left, 'publickey')) return null;
      last = keys[offered];
      offered += 1;
      return last ? { type: 'agent', username: target.username, agent: last.agent } : null;
    },
    told: () => toldOfAgent({ offered, count: keys.length, outcome: offer.outcome }),
    wasSigned: () => last?.hasSigned() === true,
    problem() {
      const problem = keys.map((key) => key.problem()).find((found) => found !== null) ?? null;
      return problem === null || problem instanceof Sha1Required
        ? problem
        : agentUnusable(target, path, problem);
    },
  };
  return offer;
}

function toldOfAgent({
  offered,
  count,
  outcome,
}: {
  offered: number;
  count: number;
  outcome: Outcome;
}): string {
  if (outcome === 'accepted') return 'key of the agent accepted';
  if (count === 0) return 'the agent holds no key';
  if (offered === 0) return 'keys of the agent not asked for';
  if (count === 1) return 'the key of the agent was refused';
  return offered === count
    ? `all ${count} keys of the agent were refused`
    : `${offered} of the ${count} keys of the agent were refused`;
}

/**
 * `password`; and `keyboard-interactive` only where the server has no `password`, so that a wrong password
 * counts as one failure over there, not as two.
 * @param on as in `answerOnePrompt`
 */
export function passwordOffer(target: Target, on: Parameters<typeof answerOnePrompt>[1]): Offer {
  const { username, credential } = target;
  const { password = '' } = credential;
  const tried = new Set<string>();
  const offer: Offer = {
    methods: ['password', 'keyboard-interactive'],
    outcome: 'not asked for',
    next(left) {
      if (!tried.has('password') && takes(left, 'password')) {
        tried.add('password');
        return { type: 'password', username, password };
      }
      const hasOnlyPrompts = left?.includes('keyboard-interactive') === true && !left.includes('password');
      // What a server asks after it has taken the password is another question.
      if (!hasOnlyPrompts || tried.has('prompts') || offer.outcome === 'accepted') return null;
      tried.add('prompts');
      return { type: 'keyboard-interactive', username, prompt: answerOnePrompt(password, on) };
    },
    told: () => `password ${offer.outcome}`,
  };
  return offer;
}
