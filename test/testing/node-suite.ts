/** Runs a suite with node:test, in a process that has no mocha. */

import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { fileStorageContract, memoryStorage } from '../../lib/testing/index.js';

fileStorageContract('memory', async () => memoryStorage(), {
  describe: (title, body) => describe(title, body),
  it: (title, body) => it(title, body),
  before: (body) => before(body),
  after: (body) => after(body),
  beforeEach: (body) => beforeEach(body),
  afterEach: (body) => afterEach(body),
});
