/**
 * The people of the demo. Your app has its own: what matters to the plugin is only what `identify` returns,
 * `{ id, username, isAdmin }`. Passwords are kept as scrypt hashes; yours should be, too.
 */

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const hash = promisify(scrypt);
const KEY_BYTES = 32;

/** @typedef {{ id: string, username: string, isAdmin?: boolean }} User */

/** Makes a record of somebody who may sign in. */
async function person(user, password) {
  const salt = randomBytes(16);
  return { user, salt, key: await hash(password, salt, KEY_BYTES) };
}

const people = await Promise.all([
  person({ id: 'admin', username: 'admin', isAdmin: true }, 'admin123'),
  person({ id: 'scientist', username: 'scientist' }, 'scientist123'),
]);
const nobody = await person({ id: '', username: '' }, randomBytes(16).toString('hex'));

/**
 * Who this is, or null. A name that does not exist takes as long as a wrong password, so that nobody can tell.
 *
 * @param {unknown} username
 * @param {unknown} password
 * @returns {Promise<User | null>}
 */
export async function checkPassword(username, password) {
  if (typeof username !== 'string' || typeof password !== 'string' || password.length > 1000) return null;
  const found = people.find(({ user }) => user.username === username) ?? nobody;
  const key = await hash(password, found.salt, KEY_BYTES);
  return timingSafeEqual(key, found.key) && found !== nobody ? found.user : null;
}

/**
 * Who has this id now, or null.
 *
 * @param {string} id
 * @returns {User | null}
 */
export function findUser(id) {
  return people.find(({ user }) => user.id === id)?.user ?? null;
}
