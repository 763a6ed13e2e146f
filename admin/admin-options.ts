/** The options of the panel: documented, checked at once, defaults written once. */

import { OptionsError, type Problem } from '../lib/errors.js';

/** How `drsAdmin` shows the panel. */
export interface AdminOptions {
  /** The path of the panel in the browser, when a proxy hides part of it. Default: where the router is mounted. */
  rootPath?: string;
  /** Where `drsRouter()` is mounted, as the browser sees it: live logs and downloads come from there. Default `/drs`. */
  mountPath?: string;
  /** The name of the panel, in the sidebar and in the browser's tab. Default `Remote jobs`. */
  title?: string;
  /** Where to send a visitor who is not signed in. Default: nowhere, a page with status 401. */
  loginPath?: string;
}

/** The options with the defaults filled in; `rootPath` stays open, since only a request knows the mount path. */
export interface ResolvedAdminOptions {
  rootPath: string | null;
  mountPath: string;
  title: string;
  loginPath: string | null;
}

const paths = ['rootPath', 'mountPath', 'loginPath'] as const;
const known: readonly string[] = [...paths, 'title'];

/** Fills in defaults. @throws OptionsError that lists every problem */
export function resolveAdminOptions(options: AdminOptions = {}): ResolvedAdminOptions {
  const problems: Problem[] = Object.keys(options)
    .filter((name) => !known.includes(name))
    .map((path) => ({ path, message: `is not an option of the panel. It knows ${known.join(', ')}.` }));
  for (const path of paths) {
    const value = options[path];
    if (value !== undefined && !/^\/[^<>"'\s]*$/.test(value)) {
      problems.push({ path, message: 'must be a path that starts with "/", such as "/admin".' });
    }
  }
  // AdminJS writes the title into the page as it is.
  if (options.title !== undefined && /[<>&]/.test(options.title)) {
    problems.push({ path: 'title', message: 'must not contain <, > or &.' });
  }
  if (problems.length > 0) throw new OptionsError(problems);
  return {
    rootPath: options.rootPath === undefined ? null : withoutEndSlash(options.rootPath),
    mountPath: withoutEndSlash(options.mountPath ?? '/drs'),
    title: options.title ?? 'Remote jobs',
    loginPath: options.loginPath ?? null,
  };
}

function withoutEndSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
