/** Acts on one server, and keeps how that stands. */

import type { ActionProps } from 'adminjs';
import { useState } from 'react';
import { callRecords } from './api.js';

/** `run` sends the data to the action of that name; `answer` is the newest answer, `error` a sentence. */
export function useServerAction<T>(
  { action, resource, record }: ActionProps,
  actionName = action.name,
): {
  run: (data: object) => Promise<void>;
  answer: T | null;
  error: string | null;
  isBusy: boolean;
} {
  const [answer, setAnswer] = useState<T | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const run = async (data: object): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      setAnswer(
        await callRecords<T>({
          resourceId: resource.id,
          actionName,
          recordId: record?.id ?? '',
          data,
        }),
      );
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause));
    } finally {
      setBusy(false);
    }
  };
  return { run, answer, error, isBusy };
}
