/** Runs one case of a suite, without a test runner. */

import type { TestRunner } from '../../lib/testing/index.js';
import { withDeadline } from '../../lib/with-deadline.js';

type Body = () => void | Promise<void>;

/** A case that fails may wait for what never comes: a test runner ends it, later. */
const mostMs = 10_000;

/**
 * What the case fails with; null: it passes.
 *
 * @param define defines the suite
 * @param title of the case
 */
export async function failureOf(define: (runner: TestRunner) => void, title: string): Promise<unknown> {
  const bodies = {
    before: [] as Body[],
    after: [] as Body[],
    beforeEach: [] as Body[],
    afterEach: [] as Body[],
  };
  const cases = new Map<string, Body>();
  define({
    describe: (_title, body) => body(),
    it: (name, body) => cases.set(name, body),
    before: (body) => bodies.before.push(body),
    after: (body) => bodies.after.push(body),
    beforeEach: (body) => bodies.beforeEach.push(body),
    afterEach: (body) => bodies.afterEach.push(body),
  });
  const body = cases.get(title);
  if (body === undefined) throw new Error(`The suite has no case "${title}".`);
  for (const prepare of [...bodies.before, ...bodies.beforeEach]) await prepare();
  try {
    await withDeadline(Promise.resolve(body()), mostMs, () => new Error(`It took longer than ${mostMs} ms.`));
    return null;
  } catch (error) {
    return error;
  } finally {
    for (const tidy of [...bodies.afterEach, ...bodies.after]) await tidy();
  }
}
