/** Who signs in to a server, and with what: for an attempt, and for the test of a connection. */

import type { z } from 'zod';
import type { JobRecord, ServerRecord, User } from '../protocol/records.js';
import type { signInInput } from '../protocol/schemas/connection-schemas.js';
import * as rules from '../protocol/rules.js';
import { isSystemAccount } from '../protocol/system-accounts.js';
import { DrsError, ForbiddenError, ValidationError } from '../errors.js';
import type { ServerModel } from '../models/model-types.js';
import type { ResolvedOptions } from '../options.js';
import type { Credential } from '../transports/session.js';

type Mapping = Pick<ResolvedOptions, 'mapUsername' | 'logger'>;

type ResolveUser = (id: string) => Promise<User | null>;

/** How an attempt signs in. Without a password, key or agent: with the app's own key. */
export interface CredentialOptions {
  /** The name to sign in with. Default: the owner's. */
  username?: string;
  /** Alone, or after `privateKey` or `agent` where the server asks for both. */
  password?: string;
  /** PEM or OpenSSH format. */
  privateKey?: string;
  passphrase?: string;
  /** In the place of `privateKey`: the path of an SSH agent's socket on the machine where the worker runs. Host code only. */
  agent?: string;
}

/** `credential` null: the app's own key. */
export interface Choice {
  username: string;
  credential: Credential | null;
}

/** Who people are on servers, and with what the application itself signs in. */
export interface CredentialDependencies {
  options: Pick<ResolvedOptions, 'identity'> & Mapping;
  /** Who somebody is now, as the host knows; null: the host was not asked to tell. */
  resolveUser: ResolveUser | null;
}

/** Where somebody signs in: to the server, and by the same name to each of its jump hosts. */
interface Way {
  server: ServerModel;
  via: readonly ServerModel[];
}

/** Which job signs in on which server, and what the submit says of it. */
interface SignInRequest extends Way {
  job: Pick<JobRecord, 'owner' | 'ownerUsername'>;
  given: CredentialOptions & { as?: User };
}

/** @throws ForbiddenError `username_not_allowed`, DrsError `credentials_missing` */
export async function chooseCredential(
  dependencies: CredentialDependencies,
  request: SignInRequest,
): Promise<Choice> {
  const { options, resolveUser } = dependencies;
  const { job, server, via, given } = request;
  const credential = ownCredential(given);
  if (credential === null) requireOwnKey(options);
  const owner = await ownerNow(resolveUser, job, given.as);
  if (credential !== null) return { username: namedWith(dependencies, request, owner), credential };
  if (owner === null) throw ownerNotKnown(job, resolveUser !== null);
  const username = given.username ?? nameOn(options, owner, server.get({ plain: true }));
  requireOwnKeyName(options, { user: owner, server, via, username });
  return { username, credential };
}

/** The name that a password or key of its own signs in with: any, unless a machine on the way wants that of the owner. */
function namedWith(
  { options, resolveUser }: CredentialDependencies,
  { job, server, via, given }: SignInRequest,
  owner: User | null,
): string {
  const username = given.username ?? owner?.username ?? job.ownerUsername;
  const before = resolveUser ? null : { id: job.owner, username: job.ownerUsername };
  const own = owner ?? before;
  const isOwnOn = (machine: ServerModel): boolean =>
    own !== null &&
    (own.username === username || nameOn(options, own, machine.get({ plain: true })) === username);
  const strict = [...via, server].find((machine) => machine.usernames === 'own' && !isOwnOn(machine));
  if (!strict) return username;
  throw nameNotAllowed(
    `On "${strict.title}" a job signs in only as its owner${own ? `, ${own.username}` : ', whom the application does not know any more'}: not as ${username}.`,
  );
}

/** A key or an agent, a password, or both: some servers ask for both. */
function ownCredential({ password, privateKey, passphrase, agent }: CredentialOptions): Credential | null {
  if (privateKey && agent) {
    throw new ValidationError([{ path: 'agent', message: 'give one of privateKey, agent, not both' }]);
  }
  const given = Object.entries({ password, privateKey, agent }).filter(
    ([, value]) => value !== undefined && value !== '',
  );
  if (given.length === 0) return null;
  return { ...Object.fromEntries(given), ...(privateKey && passphrase ? { passphrase } : {}) };
}

/** What signs in. */
export interface TestSignIn {
  username: string;
  credential: Credential;
  /** As in `the given key and a password`. */
  description: string;
}

/** @throws ValidationError, DrsError `credentials_missing`, ForbiddenError `username_not_allowed` */
export function chooseTestSignIn(
  options: Pick<ResolvedOptions, 'identity'> & Mapping,
  { server, via, as, form }: Way & { as: User | undefined; form: z.output<typeof signInInput> },
): TestSignIn {
  const { password, privateKey, passphrase } = form;
  const username = form.username ?? (as && nameOn(options, as, server.get({ plain: true })));
  if (username === undefined) {
    const message = 'is required where nobody is named with `as`';
    throw new ValidationError([{ path: 'username', message }]);
  }
  if (!password && !privateKey) {
    const identity = requireOwnKey(options);
    requireOwnKeyName(options, { user: as ?? null, server, via, username });
    return { username, credential: { ...identity }, description: "the app's own key" };
  }
  const credential = {
    ...(privateKey ? { privateKey, ...(passphrase ? { passphrase } : {}) } : {}),
    ...(password ? { password } : {}),
  };
  const description = [privateKey && 'the given key', password && 'a password'].filter(Boolean).join(' and ');
  return { username, credential, description };
}

/**
 * The name of a person on a server: their own, or what `mapUsername` says.
 * @throws ForbiddenError `username_not_allowed` for what can be no name
 */
function nameOn({ mapUsername, logger }: Mapping, user: User, server: ServerRecord): string {
  const name: unknown = mapUsername ? mapUsername(user, server) : user.username;
  const problem = nameProblem(name);
  if (problem === null) return name as string;
  const source = mapUsername ? 'The option mapUsername' : 'The application';
  const message = `${source} gives ${user.username} no name to sign in with on this server: ${problem}`;
  logger.error({ userId: user.id, serverId: server.id, type: typeof name }, message);
  // Nobody else would look at it, and what nobody looks at ends the process.
  if (name instanceof Promise) name.catch((err: unknown) => logger.error({ err }, message));
  throw nameNotAllowed(message);
}

function nameProblem(name: unknown): string | null {
  if (name instanceof Promise) return 'it must give the name itself, not a promise of it.';
  try {
    rules.username(name);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * The one rule for the account that the app's own key signs in with: the person's own name, or what `mapUsername` says, on each
 * machine on the way; and no account of the system, such as root, where no `mapUsername` was given. Any other needs its own
 * password or key.
 * @param signIn `user` null: host code that names nobody, whose word is taken for the name
 * @throws ForbiddenError `username_not_allowed`
 */
function requireOwnKeyName(
  options: Mapping,
  { user, username, ...way }: Way & { user: User | null; username: string },
): void {
  if (user !== null) requireNameOf(options, { user, username, ...way });
  if (options.mapUsername === null && isSystemAccount(username)) {
    throw nameNotAllowed(
      `The application's own key does not sign in as ${username}, which is an account of the system: give a password or a key of ${username}, or have the option mapUsername allow it.`,
    );
  }
}

function requireNameOf(
  options: Mapping,
  { user, username, server, via }: Way & { user: User; username: string },
): void {
  for (const machine of [server, ...via]) {
    const allowed = nameOn(options, user, machine.get({ plain: true }));
    if (username === allowed) continue;
    const where = machine === server ? '' : ` on "${machine.title}", which is on the way`;
    throw nameNotAllowed(
      `The application's own key signs in only as ${allowed}${where}: give a password or a key of ${username}.`,
    );
  }
}

/**
 * The owner of a job as the host knows them now: what `resolveUser` says; without it the submitter, where that is the
 * owner. Host code without `as` is trusted with what the job says. Null: nobody says who that is now.
 */
async function ownerNow(
  resolveUser: ResolveUser | null,
  { owner, ownerUsername }: Pick<JobRecord, 'owner' | 'ownerUsername'>,
  as: User | undefined,
): Promise<User | null> {
  if (resolveUser) return resolveUser(owner);
  if (as === undefined) return { id: owner, username: ownerUsername };
  return String(as.id) === owner ? as : null;
}

/** Where nobody says who the owner of a job is now. */
function ownerNotKnown(
  { ownerUsername }: Pick<JobRecord, 'ownerUsername'>,
  isAsked: boolean,
): ForbiddenError {
  const why = isAsked
    ? 'the application does not know that person any more'
    : 'somebody else submits it, and the application was not given the option resolveUser';
  return nameNotAllowed(
    `The application's own key signs in only as the owner of a job (here ${ownerUsername}), and ${why}: give a user name with its password or key.`,
  );
}

function nameNotAllowed(message: string): ForbiddenError {
  return new ForbiddenError(message, 'username_not_allowed');
}

/** @throws DrsError `credentials_missing` where the application has no key */
function requireOwnKey({
  identity,
}: Pick<ResolvedOptions, 'identity'>): NonNullable<ResolvedOptions['identity']> {
  if (identity !== null) return identity;
  throw new DrsError(
    'credentials_missing',
    'Give a password or a private key: this application has no SSH key of its own (the option `identity`).',
    { status: 400 },
  );
}
