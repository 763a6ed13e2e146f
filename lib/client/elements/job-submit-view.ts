/** What `<drs-job-submit>` does while it is on the page. */

import { defaultRemoteFilename } from '../../protocol/remote-path.js';
import type { DrsClientError } from '../client-error.js';
import type { PageClient } from '../page-client.js';
import type { Accepted, NewJob, Server, SubmitBody } from '../types.js';
import { allServers } from './all-servers.js';
import { h } from './dom.js';
import { createSubmitForm, fieldOf, type SubmitForm } from './submit-form.js';
import { refusalWords } from './words.js';

/** What a view shows, and whom it tells. */
export interface SubmitViewOptions {
  root: ShadowRoot;
  client: PageClient;
  /** What the fields hold at the start. */
  start: { server: string | null; interpreter: string | null; directory: string; filename: string };
  /** Fires an event on the element. False: the page shows the job itself. */
  submitted: (detail: Accepted & { title: string; href: string }) => boolean;
  /** The log of a job, for below the form. */
  createLog: (jobId: number) => HTMLElement;
}

/** The largest file that a browser should hold as text; the server has its own limit. */
const maxFileBytes = 16 * 1024 * 1024;

/** A form that submits a job and then shows it. */
export class JobSubmitView {
  readonly #options: SubmitViewOptions;
  readonly #form: SubmitForm;
  #servers: Server[] = [];
  /** A job that is there already, but could not be submitted: the next try goes on with it. */
  #jobId: number | undefined;

  constructor(options: SubmitViewOptions) {
    this.#options = options;
    const form = createSubmitForm(options.root);
    this.#form = form;
    form.filename.value = options.start.filename;
    form.directory.value = options.start.directory;
    form.server.addEventListener('change', () => this.#showInterpreters());
    form.file.addEventListener('change', () => void this.#take(form.file.files?.[0]));
    this.#listenForDrops();
    form.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#send();
    });
    form.another.addEventListener('click', () => this.#showForm());
    void this.#load();
  }

  async #load(): Promise<void> {
    const { client, start } = this.#options;
    const { server } = this.#form;
    try {
      this.#servers = await allServers(client);
      if (this.#servers.length === 0)
        throw new Error('There is no server yet. An administrator can add one.');
      server.replaceChildren(...this.#servers.map(({ id, title }) => new Option(title, String(id))));
      if (this.#servers.some(({ id }) => String(id) === start.server)) server.value = start.server ?? '';
      this.#showInterpreters();
    } catch (error) {
      this.#say(refusalOr(error));
    }
  }

  #showInterpreters(): void {
    const { server, interpreter } = this.#form;
    const selected = interpreter.value || this.#options.start.interpreter;
    const chosen = this.#servers.find(({ id }) => String(id) === server.value);
    const interpreters = chosen?.interpreters ?? [];
    interpreter.replaceChildren(...interpreters.map(({ id, name }) => new Option(name, String(id))));
    if (interpreters.some(({ id }) => String(id) === selected)) interpreter.value = selected ?? '';
    if (interpreters.length === 0) this.#say('This server has no interpreter. An administrator can add one.');
    else this.#say('');
  }

  #listenForDrops(): void {
    const { programRow } = this.#form;
    const over = (isOver: boolean) => (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      programRow.toggleAttribute('data-over', isOver);
    };
    programRow.addEventListener('dragover', over(true));
    programRow.addEventListener('dragleave', over(false));
    programRow.addEventListener('drop', (event) => {
      over(false)(event);
      void this.#take(event.dataTransfer?.files[0]);
    });
  }

  /** Takes a file as the program. */
  async #take(file: File | undefined): Promise<void> {
    if (!file) return;
    if (file.size > maxFileBytes) return this.#say(`${file.name} is too large for a program.`);
    const text = await file.text();
    if (text.includes('\0')) return this.#say(`${file.name} is no text.`);
    this.#form.program.value = text;
    this.#form.filename.value = file.name;
    this.#say('');
  }

  async #send(): Promise<void> {
    const { client, submitted } = this.#options;
    const { send } = this.#form;
    send.disabled = true;
    this.#say('');
    try {
      const values = this.#job();
      const job =
        this.#jobId === undefined
          ? await client.jobs.create(values)
          : await client.jobs.update(this.#jobId, values);
      this.#jobId = job.id;
      const accepted = await client.jobs.submit(job.id, this.#signIn());
      this.#jobId = undefined;
      this.#forget();
      const detail = { ...accepted, title: job.title, href: client.url(`/ui/jobs/${job.id}`) };
      if (submitted(detail)) this.#showLog(job.id);
    } catch (error) {
      this.#say(refusalOr(error), (error as DrsClientError).problems);
    } finally {
      send.disabled = false;
    }
  }

  #job(): NewJob {
    const { title, program, filename, directory, server, interpreter, minutes, results } = this.#form;
    const patterns = results.value.split('\n').map((line) => line.trim());
    const storeResults = patterns.filter((line) => line !== '');
    return {
      title: title.value.trim() || filename.value || defaultRemoteFilename,
      program: program.value,
      remoteDirectory: directory.value || undefined,
      remoteFilename: filename.value || undefined,
      serverId: Number(server.value),
      interpreterId: Number(interpreter.value),
      timeoutMs: Number(minutes.value) > 0 ? Math.round(Number(minutes.value) * 60_000) : null,
      storeResults: storeResults.length > 0 ? storeResults : null,
    };
  }

  /** What is left empty is not sent: the server has its own answer. */
  #signIn(): SubmitBody {
    const { username, password, privateKey, passphrase } = this.#form;
    const given = Object.entries({ username, password, privateKey, passphrase })
      // A key that was pasted may have lost its last line end, which it needs.
      .map(([name, { value }]) => [name, name === 'privateKey' && value !== '' ? `${value.trim()}\n` : value])
      .filter(([, value]) => value !== '');
    return Object.fromEntries(given) as SubmitBody;
  }

  #showLog(jobId: number): void {
    const { form, watch, logContainer, another } = this.#form;
    logContainer.replaceChildren(this.#options.createLog(jobId));
    if (form.parentElement) form.parentElement.hidden = true;
    watch.hidden = false;
    another.focus();
  }

  #showForm(): void {
    const { form, watch, logContainer, program } = this.#form;
    logContainer.replaceChildren();
    if (form.parentElement) form.parentElement.hidden = false;
    watch.hidden = true;
    program.focus();
  }

  /** Secrets are gone from the page once they were sent. */
  #forget(): void {
    const { password, privateKey, passphrase } = this.#form;
    for (const secret of [password, privateKey, passphrase]) secret.value = '';
  }

  #say(text: string, problems: DrsClientError['problems'] = []): void {
    const { form, problem } = this.#form;
    for (const field of form.querySelectorAll('[aria-invalid]')) {
      field.removeAttribute('aria-invalid');
      field.removeAttribute('aria-describedby');
    }
    const items = problems.map(({ path, message }) => {
      const about = fieldOf(this.#form, path);
      about?.control.setAttribute('aria-invalid', 'true');
      about?.control.setAttribute('aria-describedby', problem.id);
      return h('li', {}, path === '' ? message : `${about?.words ?? path}: ${message}`);
    });
    problem.replaceChildren(text, items.length > 0 ? h('ul', {}, ...items) : '');
    problem.hidden = text === '';
    const first = form.querySelector<HTMLElement>('[aria-invalid]');
    const folded = first?.closest('details');
    if (folded) folded.open = true;
    first?.focus();
  }
}

function refusalOr(error: unknown): string {
  const isSignIn = (error as DrsClientError).status === 401;
  return isSignIn ? refusalWords(error as DrsClientError, 'your servers') : (error as Error).message;
}
