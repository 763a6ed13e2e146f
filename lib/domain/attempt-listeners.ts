/** Those who want to hear what becomes of the attempts of this process. */

import type { AttemptEvents, TellEvent } from '../protocol/attempt-events.js';
import { ValidationError } from '../errors.js';
import type { Logger } from '../logger.js';

type Listeners = { [Name in keyof AttemptEvents]: Set<(event: AttemptEvents[Name]) => unknown> };

/** Hears events. What a listener throws, or what its promise rejects with, is logged and disturbs nobody. */
export interface AttemptListeners {
  /** @returns what ends it. @throws ValidationError for an event that is none */
  on<Name extends keyof AttemptEvents>(
    name: Name,
    listener: (event: AttemptEvents[Name]) => unknown,
  ): () => void;
  tell: TellEvent;
}

export function createAttemptListeners(logger: Logger): AttemptListeners {
  const listeners: Listeners = { 'attempt:started': new Set(), 'attempt:ended': new Set() };
  return {
    on(name, listener) {
      requireKnown(name, listener);
      // The same function may be given twice, and is ended twice.
      const own = (event: AttemptEvents[typeof name]): unknown => listener(event);
      listeners[name].add(own);
      return () => void listeners[name].delete(own);
    },
    tell(name, event) {
      for (const listener of listeners[name]) {
        Promise.resolve()
          .then(() => listener(event))
          .catch((error: unknown) =>
            logger.error({ err: error, event: name }, 'A listener of the host failed.'),
          );
      }
    },
  };
}

function requireKnown(name: string, listener: unknown): void {
  const known = ['attempt:started', 'attempt:ended'];
  if (!known.includes(name)) {
    throw new ValidationError([{ path: 'event', message: `is none; these are: ${known.join(', ')}` }]);
  }
  if (typeof listener !== 'function') {
    throw new ValidationError([{ path: 'listener', message: 'must be a function' }]);
  }
}
