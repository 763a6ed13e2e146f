/** The host keys of servers, as an administrator decides on them. */

import type { Sequelize, Transaction } from 'sequelize';
import type { z } from 'zod';
import { requireDoneFor, requireOptions } from '../check-input.js';
import type { HostKeyState, MachineHostKeys } from '../protocol/host-keys.js';
import type { User } from '../protocol/records.js';
import { approveInput } from '../protocol/schemas/connection-schemas.js';
import { ConflictError } from '../errors.js';
import type { ServerModel } from '../models/model-types.js';
import type { HostKeyStore } from '../store/host-key-store.js';
import { parseInput } from '../parse-input.js';
import { readCall, type Call, type CallOptions } from './call.js';
import { findServerForKeys, type ServerLookup } from './find-records.js';
import { retireConnections, type ConnectionHolders } from './retire-connections.js';
import { inSavepoint } from './transaction.js';
import { lockUnchanged, untilUnchanged } from './unchanged.js';

/** Host keys are pinned by host name and port: servers at the same address share theirs. */
export interface ServerHostKeys {
  /** Those of all machines, by name and port. @throws ForbiddenError (`as`) */
  list(options?: { as?: User }): Promise<MachineHostKeys[]>;
  /** @throws NotFoundError; with `as` also ForbiddenError */
  get(serverId: number, options?: Pick<CallOptions, 'as' | 'transaction'>): Promise<HostKeyState>;
  /**
   * Says that the key with this fingerprint is the right one: the pinned one, or, where none was approved, the one that the
   * machine offered, which is pinned then.
   * @throws NotFoundError, ValidationError, ConflictError `fingerprint_differs`; with `as` also ForbiddenError
   * @example await drs.hostKeys.approve(server.id, { fingerprint: 'SHA256:…' }, { by: 'ann' });
   */
  approve(
    serverId: number,
    input: z.input<typeof approveInput>,
    options?: CallOptions,
  ): Promise<HostKeyState>;
  /**
   * Lets the next connection pin the key that it sees; warm connections, here and in the workers, are made anew.
   * @param options `fingerprint`: only if this is the pinned key still
   * @throws NotFoundError, ConflictError `fingerprint_differs`; with `as` also ForbiddenError
   */
  forget(serverId: number, options?: CallOptions & { fingerprint?: string }): Promise<void>;
}

type Dependencies = ServerLookup & ConnectionHolders & { sequelize: Sequelize; hostKeys: HostKeyStore };

export function serverHostKeys(deps: Dependencies): ServerHostKeys {
  const { access, hostKeys, sequelize } = deps;
  return {
    async list(options = {}) {
      requireDoneFor(options);
      const { as } = options;
      if (as) await access.require(as, 'server:keys', { record: null, what: 'the host keys' });
      return hostKeys.list();
    },
    async get(serverId, options = {}) {
      const call = readCall(sequelize, options);
      return hostKeys.stateOf(await findServerForKeys(deps, serverId, call), call.transaction);
    },
    async approve(serverId, input, options = {}) {
      const call = readCall(sequelize, options);
      const { actor: by } = call;
      return decide(deps, { serverId, call }, async (server, transaction) => {
        const { fingerprint } = parseInput(input, approveInput);
        const isApproved = await hostKeys.approve(server, { fingerprint, by, transaction });
        const state = await hostKeys.stateOf(server, transaction);
        if (!isApproved) throw differs(server, fingerprint, state);
        return state;
      });
    },
    async forget(serverId, options = {}) {
      requireOptions(options);
      const { fingerprint, ...callOptions } = options;
      // Null is no fingerprint: it must not pass for none asked for.
      if (fingerprint !== undefined) parseInput({ fingerprint }, approveInput);
      const call = readCall(sequelize, callOptions);
      const { actor: by } = call;
      await decide(deps, { serverId, call }, async (server, transaction) => {
        if (await hostKeys.forget(server, { fingerprint, by, transaction })) {
          // They were made under the old key.
          retireConnections(deps, { hostname: server.hostname, port: server.port }, transaction);
        } else if (fingerprint !== undefined) {
          throw differs(server, fingerprint, await hostKeys.stateOf(server, transaction));
        }
      });
    },
  };
}

/** Decides on the keys of the machine that the server is when rights to it are asked: it stays at its address meanwhile. */
function decide<Value>(
  deps: Dependencies,
  { serverId, call }: { serverId: number; call: Call },
  decision: (server: ServerModel, transaction: Transaction) => Promise<Value>,
): Promise<Value> {
  return untilUnchanged(async () => {
    const before = await findServerForKeys(deps, serverId, call);
    return inSavepoint(deps.sequelize, call.transaction, async (transaction) => {
      const server = await lockUnchanged(before, { what: 'Server', strength: 'SHARE' }, transaction);
      return decision(server, transaction);
    });
  });
}

/** Says which key is pinned, and what to do. */
function differs(
  { hostname, port }: { hostname: string; port: number },
  fingerprint: string,
  { hostKey, offered }: HostKeyState,
): ConflictError {
  const pinned = hostKey
    ? `The host key of ${hostname}:${port} is ${hostKey.fingerprint}, not ${fingerprint}.`
    : `No host key ${fingerprint} of ${hostname}:${port} is known.`;
  const shown = offered ? ` It showed ${offered.fingerprint} last.` : '';
  const advice = hostKey
    ? 'Compare it with the machine; forget the pinned key only when you know why it changed.'
    : 'Test the connection to see the key that it shows.';
  return new ConflictError('fingerprint_differs', `${pinned}${shown} ${advice}`);
}
