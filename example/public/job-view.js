/** The chosen job: its state, its output as it comes, and its files. */

const element = (id) => document.getElementById(id);
const isFinal = (status) => ['success', 'failure', 'cancelled'].includes(status);
const isActive = (status) => ['submitted', 'running'].includes(status);

/** @param {import('express-remote-submission/client').DrsClient} drs */
export function createJobView(drs) {
  let current = null;

  drs.watchJobs(
    { limit: 1 },
    {
      onStatus: (event) => {
        if (event.jobId === current) void refresh();
      },
      onRefused: () => location.reload(),
    },
  );
  element('submit-again').addEventListener('click', () => void act(() => drs.jobs.submit(current)));
  element('cancel').addEventListener('click', () => void act(() => drs.jobs.cancel(current)));

  async function act(call) {
    element('job-problem').hidden = true;
    try {
      await call();
      await refresh();
    } catch (error) {
      element('job-problem').textContent = error.message;
      element('job-problem').hidden = false;
    }
  }

  async function refresh() {
    const id = current;
    const job = await drs.jobs.get(id);
    const results = isFinal(job.status) ? await drs.results(id) : [];
    if (id !== current) return;
    showJob(job);
    showResults(drs, job, results);
  }

  return {
    /** Shows another job. */
    async show(id) {
      if (id === current) return refresh();
      current = id;
      const log = document.createElement('drs-job-log');
      log.setAttribute('job', String(id));
      element('log').replaceChildren(log);
      element('job-problem').hidden = true;
      await act(refresh);
      element('no-job').hidden = true;
      element('job-view').hidden = false;
    },
  };
}

function showJob(job) {
  element('job-title').textContent = job.title;
  element('job-status').textContent = job.failureReason ? `${job.status}: ${job.failureReason}` : job.status;
  element('job-status').className = `status ${job.status}`;
  element('job-message').textContent = job.message ?? '';
  element('program').textContent = job.program;
  element('submit-again').disabled = isActive(job.status);
  element('submit-again').textContent = job.attempt === 0 ? 'Submit' : 'Submit again';
  element('cancel').disabled = !isActive(job.status);
}

function showResults(drs, job, results) {
  element('all-results').hidden = results.length === 0;
  element('all-results').href = drs.url(`/jobs/${job.id}/results.zip`);
  const items = results.map((result) => {
    const link = document.createElement('a');
    link.href = drs.url(`/results/${result.id}/file`);
    link.download = result.remoteFilename.split('/').at(-1);
    link.textContent = result.remoteFilename;
    const size = document.createElement('span');
    size.textContent = ` ${result.size.toLocaleString()} bytes`;
    const item = document.createElement('li');
    item.append(link, size);
    return item;
  });
  if (items.length === 0) {
    const item = document.createElement('li');
    item.className = 'quiet';
    item.textContent = isFinal(job.status) ? 'The job made no files.' : 'They come when the job has ended.';
    items.push(item);
  }
  element('results').replaceChildren(...items);
}
