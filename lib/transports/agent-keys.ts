/** The keys of an SSH agent, one by one: ssh2 itself does not tell which of them were offered. */

import ssh2, { type BaseAgent, type ParsedKey, type SignCallback } from 'ssh2';
import { keyUnusable } from './transport-problems.js';
import type { Target } from './session.js';

/** One key of an agent, as an agent of its own. */
export interface AgentKey {
  readonly agent: BaseAgent;
  /** True once the server wanted this key: it was asked to sign. */
  hasSigned(): boolean;
  /** Why it could not sign, or null. */
  problem(): Error | null;
}

/**
 * @param path of the agent's socket
 * @param mayUseSha1 signs with RSA and SHA-1 too
 * @throws TransportError `key_unusable` when the agent does not answer
 */
export async function agentKeys(target: Target, path: string, mayUseSha1: boolean): Promise<AgentKey[]> {
  const agent = ssh2.createAgent(path);
  try {
    const keys = await new Promise<ParsedKey[]>((resolve, reject) =>
      agent.getIdentities((error, found) => {
        if (error) reject(error);
        else resolve((found ?? []) as ParsedKey[]);
      }),
    );
    return keys.map((key) => agentKey({ agent, key, mayUseSha1 }));
  } catch (error) {
    throw agentUnusable(target, path, error as Error);
  }
}

/** What is told when an agent fails. */
export function agentUnusable(target: Target, path: string, cause: Error): Error {
  const what = `the SSH agent at ${path} does not work (${cause.message}). Check that it runs, and its path`;
  return keyUnusable(target, what, cause);
}

function agentKey({
  agent,
  key,
  mayUseSha1,
}: {
  agent: BaseAgent;
  key: ParsedKey;
  mayUseSha1: boolean;
}): AgentKey {
  let hasSigned = false;
  let problem: Error | null = null;
  class OneKey extends ssh2.BaseAgent<ParsedKey> {
    getIdentities(found: (error: undefined, keys: ParsedKey[]) => void): void {
      found(undefined, [key]);
    }
    sign(publicKey: ParsedKey, data: Buffer, ...[options, signed]: unknown[]): void {
      const done = signed as SignCallback;
      const { hash } = options as { hash?: string };
      if (hash === 'sha1' && !mayUseSha1) return done((problem = new Sha1Required()));
      agent.sign(publicKey, data, { ...(options as object) }, (error, signature) => {
        if (error) problem = error;
        else hasSigned = true;
        done(error, signature);
      });
    }
  }
  return { agent: new OneKey(), hasSigned: () => hasSigned, problem: () => problem };
}

/** The server takes RSA keys with SHA-1 alone, as OpenSSH does no more since 8.8. */
export class Sha1Required extends Error {
  constructor() {
    super('the server takes RSA keys with SHA-1 only, which is not safe any more');
  }
}
