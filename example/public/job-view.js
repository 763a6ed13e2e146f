/** The chosen job: `<drs-job-log>` shows its state, output and files, cancels it and runs it again. Here is the rest. */

const element = (id) => document.getElementById(id);

/** @param {import('express-remote-submission/client').DrsClient} drs */
export function createJobView(drs) {
  let current = null;

  element('first-submit').addEventListener('click', () => void act(() => drs.jobs.submit(current)));
  element('log').addEventListener('drs-status', ({ detail }) => showButton(detail));

  async function act(call) {
    showProblem(null);
    try {
      await call();
    } catch (error) {
      showProblem(error.message);
    }
  }

  return {
    /** Shows another job. */
    async show(id) {
      if (id === current) return;
      current = id;
      const log = document.createElement('drs-job-log');
      log.setAttribute('job', String(id));
      element('log').replaceChildren(log);
      element('no-job').hidden = true;
      element('job-view').hidden = false;
      await act(async () => {
        const job = await drs.jobs.get(id);
        if (id !== current) return;
        showButton(job);
        element('program').textContent = job.program;
        element('program-title').textContent = `Program: ${job.remoteFilename} in ${job.remoteDirectory}`;
      });
    },
  };
}

function showButton({ attempt }) {
  element('actions').hidden = attempt > 0;
}

function showProblem(message) {
  element('job-problem').textContent = message ?? '';
  element('job-problem').hidden = message === null;
}
