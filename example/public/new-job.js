/** The form that makes a job and submits it. */

const form = document.getElementById('submit-form');
const problem = document.getElementById('submit-problem');

/**
 * @param {import('express-remote-submission/client').DrsClient} drs
 * @param {{ onSubmitted(jobId: number): void }} handlers
 */
export function createNewJob(drs, { onSubmitted }) {
  /** The servers with the interpreters that each has. */
  let servers = [];

  form.elements.serverId.addEventListener('change', showInterpreters);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  document.getElementById('program-file').addEventListener('change', async ({ target }) => {
    const [file] = target.files;
    if (!file) return;
    form.elements.program.value = await file.text();
    form.elements.title.value = file.name;
    form.elements.remoteFilename.value = file.name;
  });

  function showInterpreters() {
    const server = servers.find(({ id }) => id === Number(form.elements.serverId.value));
    const options = (server?.interpreters ?? []).map(({ id, name }) => new Option(name, id));
    form.elements.interpreterId.replaceChildren(...options);
    const python = options.find(({ text }) => text.startsWith('Python'));
    if (python) python.selected = true;
  }

  async function submit() {
    const button = form.querySelector('button[type=submit]');
    const { password, timeoutSeconds, ...fields } = Object.fromEntries(new FormData(form));
    button.disabled = true;
    problem.hidden = true;
    try {
      const job = await drs.jobs.create({
        ...fields,
        serverId: Number(fields.serverId),
        interpreterId: Number(fields.interpreterId),
        ...(timeoutSeconds ? { timeoutMs: Number(timeoutSeconds) * 1000 } : {}),
      });
      // Without a password the app's own key signs in, as this user.
      await drs.jobs.submit(job.id, password ? { password } : {});
      onSubmitted(job.id);
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    } finally {
      form.elements.password.value = '';
      button.disabled = false;
    }
  }

  return {
    /** Reads the servers and interpreters that there are. */
    async fill() {
      ({ items: servers } = await drs.servers.list({ limit: 100 }));
      form.elements.serverId.replaceChildren(...servers.map(({ id, title }) => new Option(title, id)));
      showInterpreters();
    },
  };
}
