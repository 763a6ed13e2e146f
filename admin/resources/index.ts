/** All resources of the panel, with their words. */

import type { ResourceWithOptions } from 'adminjs';
import { words } from '../words.js';
import type { PanelContext } from './context.js';
import { interpreterResource } from './interpreters.js';
import { jobResource } from './jobs.js';
import { resultResource } from './results.js';
import { serverResource } from './servers.js';

/** For AdminJS's `resources`. There is none for log chunks: AdminJS would count and search millions of them. */
export function panelResources(context: PanelContext): ResourceWithOptions[] {
  const resources = {
    jobs: jobResource(context),
    results: resultResource(context),
    servers: serverResource(context),
    interpreters: interpreterResource(context),
  };
  return Object.entries(resources).map(([name, { resource, options }]) => ({
    resource,
    options: { ...options, translations: { en: words[name as keyof typeof words] } },
  }));
}
