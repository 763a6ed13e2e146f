/** What administrators do with a server: its host key, and the test of its connection. `client.js` has none of it. */

import type { ConnectionReport, HostKeyState, TestBody } from './types.js';
import type { Requester } from './request.js';

/** For administrators. Every method rejects with a DrsClientError when the server refuses. */
export interface ServerCalls {
  /** The pinned host key, and another one that was shown. */
  hostKey(id: number): Promise<HostKeyState>;
  /** Says that the key with this fingerprint is the right one; `fingerprint_differs` when another is pinned. */
  approveHostKey(id: number, fingerprint: string): Promise<HostKeyState>;
  /** The next connection pins the key that it sees. */
  forgetHostKey(id: number): Promise<void>;
  /** Signs in as a job would, and says how each step went. Without password and key, the app's own key signs in. */
  test(id: number, body?: TestBody): Promise<ConnectionReport>;
}

/** Makes the methods over a requester. */
export function createServerCalls({ json }: Requester): ServerCalls {
  const hostKey = '/servers/:id/host-key';
  return {
    hostKey: (id) => json(hostKey, { id }),
    approveHostKey: (id, fingerprint) => json(hostKey, { id, method: 'POST', body: { fingerprint } }),
    forgetHostKey: (id) => json(hostKey, { id, method: 'DELETE' }),
    test: (id, body = {}) => json('/servers/:id/test', { id, method: 'POST', body }),
  };
}
