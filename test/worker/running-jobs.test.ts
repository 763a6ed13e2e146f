import { runningJobsContract } from '../contracts/running-jobs.js';
import { testInstance } from '../support/instance.js';
import { sharedSshd } from '../support/sshd.js';

runningJobsContract('over SSH, through the queue', async () => {
  const sshd = await sharedSshd();
  const drs = await testInstance();
  await drs.work({ concurrency: 4 });
  const { hostname, port } = sshd;
  return {
    drs,
    server: { hostname, port },
    submit: { username: sshd.user.username, password: sshd.user.password },
    run: async (jobId, options) => (await drs.submitJob(jobId, options)).finished(),
  };
});

runningJobsContract('over SSH, in this process', async () => {
  const sshd = await sharedSshd();
  const drs = await testInstance();
  const { hostname, port } = sshd;
  return {
    drs,
    server: { hostname, port },
    submit: { username: sshd.user.username, password: sshd.user.password },
    run: (jobId, options) => drs.runJob(jobId, options),
  };
});

runningJobsContract('on this machine', async () => {
  const drs = await testInstance();
  return { drs, submit: { remote: false }, run: (jobId, options) => drs.runJob(jobId, options) };
});
