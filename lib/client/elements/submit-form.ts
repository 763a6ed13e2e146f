/** The parts of `<drs-job-submit>`, empty. */

import { defaultRemoteDirectory, defaultRemoteFilename } from '../../protocol/remote-path.js';
import { h } from './dom.js';

/** The parts of `<drs-job-submit>`. */
export type SubmitForm = ReturnType<typeof createSubmitForm>;

/** Builds the parts and puts them into a shadow root. */
export function createSubmitForm(root: ShadowRoot) {
  const fields = { ...createTarget(), ...createProgram(), ...createSignIn() };
  const problem = h('div', {
    id: 'problem',
    class: 'notice',
    part: 'error',
    role: 'alert',
    'data-tone': 'bad',
    hidden: true,
  });
  const send = h('button', { type: 'submit', class: 'send', part: 'send' }, 'Submit');
  const { targetRow, programRow, pathRow, results, signIn } = fields;
  const form = h(
    'form',
    { class: 'form', part: 'form', autocomplete: 'off', 'aria-label': 'New job' },
    ...[targetRow, programRow, pathRow, labelled('Results to keep', results, resultsHint), signIn, problem],
    h('div', { class: 'ending' }, send),
  );
  const another = h('button', { type: 'button', class: 'link', part: 'another' }, '← New job');
  const logContainer = h('div', { class: 'log' });
  const watch = h('div', { class: 'watch', part: 'watch', hidden: true }, another, logContainer);
  root.replaceChildren(h('div', { class: 'frame', part: 'frame' }, form), watch);
  return { ...fields, form, problem, send, watch, another, logContainer };
}

/** The field that a problem is about, by the name that the server gives it. */
export function fieldOf(form: SubmitForm, path: string): { words: string; control: HTMLElement } | null {
  const fields: Record<string, HTMLElement> = {
    title: form.title,
    program: form.program,
    serverId: form.server,
    interpreterId: form.interpreter,
    remoteFilename: form.filename,
    remoteDirectory: form.directory,
    storeResults: form.results,
    timeoutMs: form.minutes,
    username: form.username,
    password: form.password,
    privateKey: form.privateKey,
    passphrase: form.passphrase,
  };
  const control = fields[path.split(/[.[]/)[0] ?? ''];
  const words = control?.closest('label')?.querySelector('.name')?.textContent;
  return control && words ? { words, control } : null;
}

const resultsHint =
  'Patterns, one a line; the last match wins, “!” leaves out. Empty: every file. “!*”: none.';

const keyHint =
  'Its text, as in “-----BEGIN OPENSSH PRIVATE KEY-----”. With the password, where the server asks for both.';

function createTarget() {
  const title = field('input', { name: 'title', maxlength: 255, placeholder: 'The file name' });
  const server = h('select', { name: 'server', required: true, part: 'field' });
  const interpreter = h('select', { name: 'interpreter', required: true, part: 'field' });
  const targetRow = h(
    'div',
    { class: 'columns' },
    labelled('Title', title),
    labelled('Server', server),
    labelled('Interpreter', interpreter),
  );
  return { title, server, interpreter, targetRow };
}

function createProgram() {
  const program = field('textarea', { name: 'program', rows: 12, spellcheck: 'false', required: true });
  program.classList.add('code');
  const file = h('input', { type: 'file', class: 'file', part: 'file', 'aria-label': 'Program from a file' });
  const programRow = h(
    'div',
    { class: 'drop', part: 'drop' },
    labelled('Program', program),
    h('div', { class: 'hint' }, 'Write it, drop a file here, or ', file),
  );
  const filename = field('input', { name: 'filename', placeholder: defaultRemoteFilename });
  const directory = field('input', { name: 'directory', placeholder: defaultRemoteDirectory });
  const pathRow = h(
    'div',
    { class: 'columns' },
    labelled('File name', filename),
    labelled('Directory on the server', directory),
  );
  const results = field('textarea', { name: 'results', rows: 2, spellcheck: 'false', placeholder: '*.csv' });
  results.classList.add('code');
  return { program, file, programRow, filename, directory, pathRow, results };
}

function createSignIn() {
  const username = field('input', { name: 'username', placeholder: 'your own', autocomplete: 'off' });
  const secret = { type: 'password', autocomplete: 'off' };
  const password = field('input', { name: 'password', placeholder: "the portal's key is used", ...secret });
  const privateKey = field('textarea', {
    name: 'privateKey',
    rows: 2,
    spellcheck: 'false',
    autocomplete: 'off',
  });
  privateKey.classList.add('code');
  const passphrase = field('input', { name: 'passphrase', placeholder: 'none', ...secret });
  const minutes = field('input', { name: 'minutes', type: 'number', min: 1, step: 1, placeholder: 'none' });
  const signIn = h(
    'details',
    { class: 'more' },
    h('summary', {}, 'Sign-in and time limit'),
    h(
      'div',
      { class: 'columns' },
      labelled('User name there', username),
      labelled('Password there', password),
      labelled('Time limit in minutes', minutes),
    ),
    h(
      'div',
      { class: 'columns' },
      labelled('Private key', privateKey, keyHint),
      labelled("The key's passphrase", passphrase),
    ),
  );
  return { username, password, privateKey, passphrase, minutes, signIn };
}

function field<Name extends 'input' | 'textarea'>(
  name: Name,
  attributes: Record<string, string | number | boolean>,
) {
  return h(name, { class: 'field', part: 'field', ...attributes });
}

function labelled(words: string, control: HTMLElement, hint?: string): HTMLElement {
  return h(
    'label',
    {},
    h('span', { class: 'name' }, words),
    control,
    hint && h('span', { class: 'hint' }, hint),
  );
}
