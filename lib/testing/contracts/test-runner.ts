/** What the suites are written with, so that no test runner is a dependency. */

type Body = () => void | Promise<void>;

/** The functions of mocha, or of another runner that has the same: vitest and jest say `beforeAll` and `afterAll`. */
export interface TestRunner {
  describe(title: string, body: () => void): unknown;
  it(title: string, body: Body): unknown;
  before(body: Body): unknown;
  after(body: Body): unknown;
  beforeEach(body: Body): unknown;
  afterEach(body: Body): unknown;
}

const names = ['describe', 'it', 'before', 'after', 'beforeEach', 'afterEach'] as const;

/** Those of this process: mocha's are global. @throws TypeError that says what to give where they are not */
export function globalRunner(): TestRunner {
  const found = globalThis as Partial<Record<keyof TestRunner, unknown>>;
  const missing = names.filter((name) => typeof found[name] !== 'function');
  if (missing.length === 0) return found as TestRunner;
  throw new TypeError(
    `Give the suite its test runner: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not global here.`,
  );
}
