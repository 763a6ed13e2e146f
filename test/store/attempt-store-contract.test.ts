import { attemptStoreContract } from '../../lib/testing/contracts/attempt-store.js';
import { createJob, createTestStore, submit } from '../models/support.js';

attemptStoreContract('the one in PostgreSQL', async () => {
  const test = await createTestStore();
  return {
    store: test.store.attempts,
    async submit() {
      const { id: jobId } = await createJob(test);
      const { attempt } = await submit(test, jobId);
      return { jobId, attempt };
    },
    async cancel({ jobId }) {
      await test.store.requests.requestCancel(jobId);
    },
  };
});
