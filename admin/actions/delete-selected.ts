/** Deletes a selection: AdminJS's own action tells the first refusal only, and not what went well beside it. */

import { AppError, type ActionContext, type ActionRequest, type BulkActionResponse } from 'adminjs';

/** Deletes one after another, so that one refusal does not keep the others from it. A GET only shows what is selected. */
export async function deleteSelected(
  request: ActionRequest,
  _response: unknown,
  context: ActionContext,
): Promise<BulkActionResponse> {
  const { records: selected = [], currentAdmin, resource, h } = context;
  const records = selected.map((record) => record.toJSON(currentAdmin));
  if (request.method !== 'post') return { records };
  const refusals: string[] = [];
  for (const record of selected) {
    try {
      await resource.delete(record.id(), context);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refusals.push(error.message);
    }
  }
  return {
    records,
    notice: noticeOf(selected.length, refusals),
    redirectUrl: h.resourceUrl({ resourceId: resource.id() }),
  };
}

function noticeOf(count: number, refusals: string[]): { message: string; type: 'success' | 'error' } {
  if (refusals.length === 0) return { message: 'successfullyBulkDeleted', type: 'success' };
  const done = count - refusals.length;
  const lead = done > 0 ? `${done} of ${count} were deleted. ` : '';
  return { message: `${lead}${refusals.join(' ')}`, type: 'error' };
}
