/** Puts the parts in `direct/` together to the scripts that are sent to a server. */

import { readFileSync } from 'node:fs';

const part = (name: string): string => readFileSync(new URL(`./direct/${name}.sh`, import.meta.url), 'utf8');

/** The scripts of the direct scheduler, ready to be sent. */
export interface Scripts {
  run: string;
  wrapper: string;
  timer: string;
  copy: string;
  cancel: string;
  read: string;
  fetch: string;
  clean: string;
}

/** Reads the parts; call it once. */
export function loadScripts(): Scripts {
  const [enter, process, tree, alive] = [part('enter'), part('process'), part('tree'), part('alive')];
  return {
    run: enter + process + tree + alive + part('run'),
    wrapper: process + tree + part('wrapper'),
    timer: tree + part('timer'),
    copy: enter + part('copy'),
    cancel: enter + process + tree + alive + part('cancel'),
    read: enter + part('read'),
    fetch: enter + part('fetch'),
    clean: enter + process + alive + part('clean'),
  };
}
