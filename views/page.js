/** What the pages under /ui do: fill the form's lists, submit jobs, act on one. They use the REST routes alone. */

const newJob = document.querySelector('#new-job');
const actions = document.querySelector('#job-actions');
if (newJob) await openNewJob(newJob);
if (actions) openActions(actions);

async function openNewJob(form) {
  const { serverId, interpreterId } = form.elements;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(form, () => submitNewJob(form));
  });
  await attempt(form, async () => {
    const { items: servers } = await call(form, 'GET', 'servers?limit=100');
    serverId.replaceChildren(...servers.map(({ id, title }) => new Option(title, id)));
    const showInterpreters = () => {
      const server = servers.find(({ id }) => String(id) === serverId.value);
      const options = (server?.interpreters ?? []).map(
        ({ id, name, path }) => new Option(`${name} (${path})`, id),
      );
      interpreterId.replaceChildren(...options);
    };
    serverId.addEventListener('change', showInterpreters);
    showInterpreters();
    if (servers.length === 0) throw new Error('There is no server yet. An administrator can add one.');
  });
}

async function submitNewJob(form) {
  const fields = new FormData(form);
  const text = (name) => fields.get(name)?.toString() ?? '';
  const seconds = Number(text('timeoutSeconds'));
  const job = await call(form, 'POST', 'jobs', {
    title: text('title'),
    // Forms send line ends as CR LF, which a shell does not read.
    program: text('program').replaceAll('\r\n', '\n'),
    remoteDirectory: text('remoteDirectory') || undefined,
    remoteFilename: text('remoteFilename') || undefined,
    serverId: Number(text('serverId')),
    interpreterId: Number(text('interpreterId')),
    ...(seconds > 0 ? { timeoutMs: Math.round(seconds * 1000) } : {}),
  });
  // The job is there now, whatever becomes of the submit: its page says more, and offers another try.
  const page = `${form.dataset.mount}ui/jobs/${job.id}`;
  await call(form, 'POST', `jobs/${job.id}/submit`, signIn(fields)).catch((error) => {
    sessionStorage.setItem(`drs-problem-${job.id}`, error.message);
  });
  location.assign(page);
}

function openActions(form) {
  const { job, status } = form.dataset;
  showStatus(form, status);
  const kept = `drs-problem-${job}`;
  showProblem(form, sessionStorage.getItem(kept));
  sessionStorage.removeItem(kept);
  document.addEventListener('drs-status', ({ detail }) => showStatus(form, detail.status));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const action = event.submitter?.value ?? 'submit';
    const body = signIn(new FormData(form));
    attempt(form, async () => {
      const { status: now } = await call(form, 'POST', `jobs/${job}/${action}`, body);
      form.elements.password.value = '';
      showStatus(form, now);
    });
  });
}

function showStatus(form, status) {
  const isActive = status === 'submitted' || status === 'running';
  for (const button of form.querySelectorAll('button')) {
    button.disabled = isActive;
  }
}

/** What is left empty is not sent: the server has its own answer. */
function signIn(fields) {
  const given = ['username', 'password'].map((name) => [name, fields.get(name)?.toString() ?? '']);
  return Object.fromEntries(given.filter(([, value]) => value !== ''));
}

async function attempt(form, act) {
  showProblem(form, null);
  try {
    await act();
  } catch (error) {
    showProblem(form, error.message);
  }
}

function showProblem(form, words) {
  const problem = form.querySelector('.problem');
  problem.textContent = words ?? '';
  problem.hidden = !words;
}

async function call(form, method, path, body) {
  const response = await fetch(form.dataset.mount + path, {
    method,
    headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? `The server answered ${response.status}.`);
  return answer;
}
