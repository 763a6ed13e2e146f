/** The servers and interpreters that a form offers. */

import { useEffect, useState } from 'react';
import { callResource } from './api.js';

/** What can be chosen. */
export interface Choices {
  servers: { id: number; label: string }[];
  interpreters: { id: number; label: string }[];
  /** Ids of interpreters by server id. */
  interpretersOfServer: Record<string, number[]>;
}

/** Null while loading; `error` is a sentence. */
export function useChoices(resourceId: string): { choices: Choices | null; error: string | null } {
  const [choices, setChoices] = useState<Choices | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    callResource<Choices>({ resourceId, actionName: 'choices' }).then(setChoices, (cause: Error) =>
      setError(cause.message),
    );
  }, [resourceId]);
  return { choices, error };
}
