/** The portal's page: the list of jobs, a form for a new one, and the chosen job. */

import { connectDrs } from '/drs/client.js';
import { createJobView } from '/assets/job-view.js';
import { createNewJob } from '/assets/new-job.js';

const drs = connectDrs('/drs');
const job = createJobView(drs);
const newJob = createNewJob(drs, { onSubmitted: choose });

function choose(id) {
  history.replaceState(null, '', `#job-${id}`);
  void job.show(id);
}

document.getElementById('jobs').addEventListener('drs-open', (event) => {
  event.preventDefault();
  choose(event.detail.jobId);
  // On a narrow screen the job stands below the list.
  document.getElementById('job-view').scrollIntoView({ block: 'nearest', behavior: 'smooth' });
});

async function start() {
  const response = await fetch('/me');
  if (response.status === 401) return location.reload();
  const user = await response.json();
  document.getElementById('who').textContent = user.username;
  document.getElementById('panel-link').hidden = !user.isAdmin;
  await newJob.fill();
  const { items } = await drs.jobs.list({ limit: 1 });
  const id = Number(/^#job-(\d+)$/.exec(location.hash)?.[1] ?? items[0]?.id);
  if (id) choose(id);
  document.getElementById('new-job').open = true;
}

await start();
