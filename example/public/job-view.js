/** The chosen job: `<drs-job-log>` shows its state, output and files; here are the buttons, and the program. */

const element = (id) => document.getElementById(id);
const isActive = (status) => status === 'submitted' || status === 'running';

/** @param {import('express-remote-submission/client').DrsClient} drs */
export function createJobView(drs) {
  let current = null;

  element('submit-again').addEventListener('click', () => void act(() => drs.jobs.submit(current)));
  element('cancel').addEventListener('click', () => void act(() => drs.jobs.cancel(current)));
  element('log').addEventListener('drs-status', ({ detail }) => showButtons(detail));

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
        showButtons(job);
        element('program').textContent = job.program;
        element('program-title').textContent = `Program: ${job.remoteFilename} in ${job.remoteDirectory}`;
      });
    },
  };
}

function showButtons({ status, attempt }) {
  element('submit-again').disabled = isActive(status);
  element('submit-again').textContent = attempt === 0 ? 'Submit' : 'Submit again';
  element('cancel').disabled = !isActive(status);
}

function showProblem(message) {
  element('job-problem').textContent = message ?? '';
  element('job-problem').hidden = message === null;
}
