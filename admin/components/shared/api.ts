/** Calls to the panel's own actions, with refusals as sentences. */

import { ApiClient, ViewHelpers } from 'adminjs';

interface Failure {
  response?: { status: number; data?: { message?: string } };
}

/** Reads from, or with `data` acts through, an action of a resource. @throws Error with a sentence for the reader */
export async function callResource<T>(call: {
  resourceId: string;
  actionName: string;
  params?: Record<string, unknown>;
  data?: unknown;
}): Promise<T> {
  return answered<T>(() => new ApiClient().resourceAction(call as never));
}

/** Acts on one record, or on several. @throws Error with a sentence for the reader */
export async function callRecords<T>(call: {
  resourceId: string;
  actionName: string;
  recordId?: string;
  recordIds?: string[];
  data: unknown;
}): Promise<T> {
  const api = new ApiClient();
  return answered<T>(() => (call.recordId ? api.recordAction(call as never) : api.bulkAction(call as never)));
}

/** What the dashboard shows. @throws Error with a sentence for the reader */
export async function callDashboard<T>(): Promise<T> {
  return answered<T>(() => new ApiClient().getDashboard());
}

/** The address of a record's page. */
export function recordUrl(resourceId: string, recordId: string | number, actionName = 'show'): string {
  return new ViewHelpers().recordActionUrl({ resourceId, recordId: String(recordId), actionName });
}

/** The address of a list, with filters by property. */
export function listUrl(resourceId: string, filters: Record<string, string> = {}): string {
  const search = new URLSearchParams(
    Object.entries(filters).map(([name, value]) => [`filters.${name}`, value]),
  );
  return new ViewHelpers().listUrl(resourceId, search.size > 0 ? `?${search}` : '');
}

/** The address of the form for a new record. */
export function newUrl(resourceId: string): string {
  return new ViewHelpers().newUrl(resourceId);
}

async function answered<T>(request: () => Promise<{ data: unknown }>): Promise<T> {
  try {
    const { data } = await request();
    const { notice, outcomes } = data as { notice?: { type: string; message: string }; outcomes?: unknown };
    if (notice?.type === 'error' && !outcomes) throw new Error(notice.message);
    return data as T;
  } catch (error) {
    throw new Error(sentence(error), { cause: error });
  }
}

function sentence(error: unknown): string {
  const { response } = error as Failure;
  if (response?.status === 401) return 'You have been signed out. Reload the page and sign in again.';
  if (response?.data?.message) return response.data.message;
  if (response) return `The server answered with status ${response.status}.`;
  if (error instanceof Error && !('isAxiosError' in error)) return error.message;
  return 'The server of this panel does not answer. It will be asked again.';
}
