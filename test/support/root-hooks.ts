import { stopAll } from './cleanup.js';

export const mochaHooks = {
  async afterAll(): Promise<void> {
    await stopAll();
  },
};
