/** The options of the panel: documented, checked at once, defaults written once. */

import type { User } from '../lib/protocol/records.js';
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
  /** Signs people in by AdminJS's own form, for a host without a sign-in of its own. Not together with `loginPath`. */
  signIn?: SignInOptions;
}

/** AdminJS's own form for signing in. */
export interface SignInOptions {
  /** Who this is, or null. It should take as long for a name that does not exist as for a wrong password. */
  authenticate: (
    username: string,
    password: string,
  ) => User | null | undefined | Promise<User | null | undefined>;
  /**
   * Who has this id now, or null: asked at each request, so that somebody who is removed or loses a role is out at once.
   * The id is that of `authenticate`, as text.
   */
  find: (id: string) => User | null | undefined | Promise<User | null | undefined>;
  /** How long a sign-in lasts, in milliseconds. Default 12 hours. */
  lastsMs?: number;
  /** After so many milliseconds in which nobody used the panel, a sign-in is over. Default 30 minutes. */
  idleMs?: number;
}

/** The options with the defaults filled in; `rootPath` stays open, since only a request knows the mount path. */
export interface ResolvedAdminOptions {
  rootPath: string | null;
  mountPath: string;
  title: string;
  loginPath: string | null;
  signIn: Required<SignInOptions> | null;
}

const paths = ['rootPath', 'mountPath', 'loginPath'] as const;
const known: readonly string[] = [...paths, 'title', 'signIn'];
const defaultLastsMs = 12 * 60 * 60 * 1000;
const defaultIdleMs = 30 * 60 * 1000;

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
  problems.push(...signInProblems(options));
  if (problems.length > 0) throw new OptionsError(problems);
  return {
    rootPath: options.rootPath === undefined ? null : withoutEndSlash(options.rootPath),
    mountPath: withoutEndSlash(options.mountPath ?? '/drs'),
    title: options.title ?? 'Remote jobs',
    loginPath: options.loginPath ?? null,
    signIn: options.signIn ? { lastsMs: defaultLastsMs, idleMs: defaultIdleMs, ...options.signIn } : null,
  };
}

function signInProblems({ signIn, loginPath }: AdminOptions): Problem[] {
  if (signIn === undefined) return [];
  const { authenticate, find, lastsMs = defaultLastsMs, idleMs = defaultIdleMs } = signIn;
  const times = Object.entries({ lastsMs, idleMs }).filter(
    ([, value]) => !Number.isInteger(value) || value <= 0,
  );
  return [
    ...(typeof authenticate === 'function'
      ? []
      : [{ path: 'signIn.authenticate', message: 'must be a function of a name and a password.' }]),
    ...(typeof find === 'function'
      ? []
      : [{ path: 'signIn.find', message: 'must be a function of an id: who that is now, or null.' }]),
    ...times.map(([name]) => ({ path: `signIn.${name}`, message: 'must be a number of milliseconds.' })),
    ...(loginPath === undefined
      ? []
      : [{ path: 'loginPath', message: 'is for a sign-in of your own: leave it out together with signIn.' }]),
  ];
}

function withoutEndSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
