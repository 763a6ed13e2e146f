/**
 * The AdminJS panel: `express-remote-submission/admin`. It needs what AdminJS is made of, which this package does not
 * install by itself: `npm install adminjs @adminjs/express @adminjs/sequelize express-formidable express-session tslib`.
 */

import AdminJS, { type ComponentLoader, type ResourceWithOptions } from 'adminjs';
import type { Router } from 'express';
import { internalsOf } from '../lib/internals.js';
import type { RemoteSubmission } from '../lib/remote-submission.js';
import type { AdminOptions } from './admin-options.js';
import { addComponents } from './component-names.js';
import { userOfHost, type UserOf } from './current-admin.js';
import { panelRouter } from './panel-router.js';
import { panelResources } from './resources/index.js';

export type { AdminOptions } from './admin-options.js';
export type { UserOf } from './current-admin.js';

/**
 * The panel, ready to be mounted anywhere: `app.use('/admin', drsAdmin(drs))`, before or after `express.json()`.
 * People are those that `identify(req)` of the instance knows; they enter if `authorize` allows `panel:enter`.
 * Behind a session middleware, mount it after that.
 *
 * @param drs the instance that `createRemoteSubmission` made
 * @param options see `AdminOptions`; without any, a visitor who is not signed in gets a page with status 401
 * @returns a router, to be mounted at any path
 * @throws OptionsError that lists every problem
 * @example
 * import { drsAdmin } from 'express-remote-submission/admin';
 * app.use('/admin', drsAdmin(drs, { title: 'Beamline jobs', loginPath: '/login' }));
 */
export function drsAdmin(drs: RemoteSubmission, options?: AdminOptions): Router {
  return panelRouter(drs, options);
}

/** How the resources fit into a host's own AdminJS. */
export interface AdminResourcesOptions {
  /** Where `drsRouter()` is mounted, as the browser sees it. Default `/drs`. */
  mountPath?: string;
  /** The heading in the sidebar. Default `Remote jobs`; null for none. */
  navigation?: string | null;
  /** The person behind AdminJS's `currentAdmin`. Default: `currentAdmin` itself, with `id`, `username` and `isAdmin`. */
  userOf?: UserOf;
  /** The loader that the host gave to its AdminJS. Default: the one that all instances share. */
  componentLoader?: ComponentLoader;
}

/**
 * The resources, to be put into a host's own AdminJS.
 * Without a person behind `currentAdmin` they show nothing and do nothing.
 *
 * @param drs the instance that `createRemoteSubmission` made
 * @param options see `AdminResourcesOptions`
 * @returns jobs, servers, interpreters and results, with their options for AdminJS
 * @throws TypeError when `drs` is something else
 * @example
 * const admin = new AdminJS({ resources: [...drsAdminResources(drs, { mountPath: '/drs' }), …] });
 */
export function drsAdminResources(
  drs: RemoteSubmission,
  options: AdminResourcesOptions = {},
): ResourceWithOptions[] {
  addComponents(options.componentLoader ?? AdminJS.__unsafe_staticComponentLoader);
  const { access, audit, sequelize, options: resolved, transports, schedulers } = internalsOf(drs);
  return panelResources({
    drs,
    access,
    audit,
    sequelize,
    options: resolved,
    transports,
    schedulers,
    userOf: options.userOf ?? userOfHost,
    mountPath: options.mountPath ?? '/drs',
    navigation: options.navigation === undefined ? 'Remote jobs' : options.navigation,
  });
}
