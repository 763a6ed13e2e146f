import { stopAll } from './cleanup.js';

export const mochaHooks = {
  async afterAll(this: Mocha.Context): Promise<void> {
    // A whole run has hundreds of things to stop.
    this.timeout(300_000);
    await stopAll();
  },
};
