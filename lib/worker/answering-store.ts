/** A store whose every call has an end, also where an answer of the database was lost and nobody was told. */

import { DrsError } from '../errors.js';
import { withDeadline } from '../with-deadline.js';
import type { AttemptStore } from '../store/attempt-store.js';

/** All that a worker asks for is answered within seconds, also by a database under load. */
const defaultAnswerMs = 60_000;

/**
 * The same store; a call without an answer in time fails with `database_away`, though it may have been carried out.
 * @param answerMs milliseconds that one answer is waited for; default a minute
 */
export function answeringStore(store: AttemptStore, answerMs = defaultAnswerMs): AttemptStore {
  const answering =
    <Args extends unknown[], Value>(call: (...args: Args) => Promise<Value>) =>
    (...args: Args): Promise<Value> =>
      withDeadline(call(...args), answerMs, () => late(answerMs));
  const calls = Object.entries(store).map(([name, call]) => [name, answering(call as AttemptStore['leave'])]);
  return Object.fromEntries(calls) as AttemptStore;
}

function late(ms: number): DrsError {
  const text = `The database did not answer within ${ms / 1000} s.`;
  return new DrsError('database_away', text, { status: 503 });
}
