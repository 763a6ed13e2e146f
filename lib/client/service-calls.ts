/** What programs ask of the service itself. Pages do without: `client.js` has none of it. */

import type { Requester } from './request.js';
import type { Health } from './types.js';

/** About the instance. Every method rejects with a DrsClientError when the server refuses. */
export interface ServiceCalls {
  /** Whether the database and Redis can be reached: `degraded` is an answer, too. */
  health(): Promise<Health>;
  /** The description of the REST interface (OpenAPI 3.1). */
  openApi(): Promise<Record<string, unknown>>;
}

/** Makes the methods over a requester. */
export function createServiceCalls({ json }: Requester): ServiceCalls {
  return {
    health: () => json('/health', { alsoGood: 503 }),
    openApi: () => json('/openapi.json'),
  };
}
