/** Asks again and again while the page is shown. */

import { useEffect, useState } from 'react';

/** The newest answer; `error` is set while asking fails. Asks once more `delayMs` after each answer. */
export function usePolling<T>(
  ask: () => Promise<T>,
  delayMs: (value: T | null) => number,
): { value: T | null; error: string | null } {
  const [value, setValue] = useState<T | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let timer: number | undefined;
    let isOver = false;
    let latest: T | null = null;
    const turn = async (): Promise<void> => {
      try {
        if (!document.hidden || latest === null) {
          latest = await ask();
          if (isOver) return;
          setValue(latest);
        }
        setError(null);
      } catch (cause) {
        if (!isOver) setError(cause instanceof Error ? cause.message : String(cause));
      }
      if (!isOver) timer = window.setTimeout(() => void turn(), delayMs(latest));
    };
    void turn();
    return () => {
      isOver = true;
      window.clearTimeout(timer);
    };
    // The page of another record is another component, so what is asked does not change.
  }, []);
  return { value, error };
}
