/** The components of the panel by name: each is the default export of the file in `components/` that its name says. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ComponentLoader } from 'adminjs';

export const component = {
  agoValue: 'DrsAgoValue',
  argumentsValue: 'DrsArgumentsValue',
  dashboard: 'DrsDashboard',
  downloadLink: 'DrsDownloadLink',
  durationValue: 'DrsDurationValue',
  historyValue: 'DrsHistoryValue',
  hostKeyPage: 'DrsHostKeyPage',
  interpreterChoice: 'DrsInterpreterChoice',
  interpretersChoice: 'DrsInterpretersChoice',
  interpretersValue: 'DrsInterpretersValue',
  jobAction: 'DrsJobAction',
  jobPage: 'DrsJobPage',
  jumpHostChoice: 'DrsJumpHostChoice',
  keyForm: 'DrsKeyForm',
  programEditor: 'DrsProgramEditor',
  programValue: 'DrsProgramValue',
  secondsInput: 'DrsSecondsInput',
  serverChoice: 'DrsServerChoice',
  serverPage: 'DrsServerPage',
  sizeValue: 'DrsSizeValue',
  statusBadge: 'DrsStatusBadge',
  testConnection: 'DrsTestConnection',
  valueChoice: 'DrsValueChoice',
} as const;

/** Adds the components to the loader of a host's own AdminJS, which bundles them with its own. */
export function addComponents(loader: ComponentLoader): void {
  for (const name of Object.values(component)) loader.add(name, fileOf(name));
}

function fileOf(name: string): string {
  const base = name
    .replace(/^Drs/, '')
    .replace(/(?<!^)[A-Z]/g, '-$&')
    .toLowerCase();
  const [compiled, source] = ['js', 'tsx'].map((ending) =>
    fileURLToPath(new URL(`./components/${base}.${ending}`, import.meta.url)),
  ) as [string, string];
  return existsSync(compiled) ? compiled : source;
}
