/** Puts the parts in `direct/` together to the scripts that are sent to a server. */

import { readFileSync } from 'node:fs';

/** Without comments and indents, which would only be carried to the server. */
function part(name: string): string {
  const text = readPart(new URL(`./direct/${name}.sh`, import.meta.url));
  return text.replace(/^ *#.*\n/gm, '').replace(/^ +/gm, '');
}

function readPart(url: URL): string {
  try {
    return readFileSync(url, 'utf8');
  } catch (cause) {
    const advice = 'A bundler has to leave the package out (esbuild: --external:express-remote-submission).';
    throw new Error(`The scripts of express-remote-submission are not beside its code. ${advice}`, { cause });
  }
}

/** The scripts of the direct scheduler, ready to be sent. */
export interface Scripts {
  run: string;
  wrapper: string;
  program: string;
  timer: string;
  copy: string;
  cancel: string;
  read: string;
  list: string;
  fetch: string;
  clean: string;
  commands: string;
  root: string;
}

/** Reads the parts; call it once. */
export function loadScripts(): Scripts {
  const [enter, root, tree] = [part('enter'), part('root'), part('tree')];
  const [process, traces, interpreter] = [part('process'), part('traces'), part('interpreter')];
  const [decide, place, list] = [part('decide'), part('place'), part('list')];
  return {
    run: enter + process + traces + root + tree + place + list + interpreter + part('run'),
    wrapper: process + traces + decide + tree + place + part('wrapper'),
    program: part('program'),
    timer: tree + part('timer'),
    copy: enter + place + part('copy'),
    cancel: enter + process + traces + decide + tree + part('cancel'),
    read: enter + traces + part('read'),
    list: enter + place + list + part('list-after'),
    fetch: enter + list + part('fetch'),
    clean: enter + process + traces + part('clean'),
    commands: enter + interpreter + part('commands'),
    root: enter + root + part('try-root'),
  };
}
