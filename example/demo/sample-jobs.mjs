/** Jobs that the demo itself starts, so that there is something to see, and ends, so that nothing is left. */

const WAIT_MS = 60_000;
const STOP_MS = 5_000;
const ACTIVE = ['submitted', 'running'];

/** Runs jobs to their ends, as far as they come in a minute. */
export async function runSampleJobs(drs, ids) {
  const submissions = await Promise.all(ids.map((id) => drs.submitJob(id)));
  await within(WAIT_MS, Promise.all(submissions.map(({ finished }) => finished())));
}

/** The machine that they run on goes away with the demo; what is under way there is ended first. */
export async function cancelActiveJobs(drs) {
  const jobs = await drs.models.Job.findAll({ where: { status: ACTIVE } });
  await Promise.allSettled(jobs.map(({ id }) => drs.cancelJob(id)));
  await within(STOP_MS, Promise.all(jobs.map((job) => untilOver(job))));
}

async function untilOver(job) {
  while (ACTIVE.includes((await job.reload()).status))
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Gives up waiting after a time; what is waited for goes on. */
async function within(timeMs, promise) {
  let timer;
  const timeout = new Promise((resolve) => {
    timer = setTimeout(resolve, timeMs);
  });
  await Promise.race([promise, timeout]);
  clearTimeout(timer);
}
