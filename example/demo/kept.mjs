/** What the demo keeps between runs besides its data, and who may use it. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DemoError } from './steps.mjs';

/**
 * Lets one demo at a time use the folder. Returns the function that lets go.
 *
 * @throws DemoError when another one runs
 */
export function lockFolder(folder) {
  // Others may pass, as the unprivileged user of PostgreSQL must when this is root.
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const file = join(folder, 'demo.pid');
  const holder = holderOf(file);
  if (holder !== null) {
    throw new DemoError(
      `The demo runs already, as process ${holder}. Stop it with Ctrl-C, or use another clone.`,
    );
  }
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

/** The process that holds the folder, or null. */
function holderOf(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    process.kill(pid, 0);
    // The number may belong to somebody else by now; where /proc is missing, believe the file.
    const isOther = readCommandLine(pid)?.includes('demo.mjs') === false;
    return isOther || pid === process.pid ? null : pid;
  } catch (error) {
    return error.code === 'EPERM' ? Number(readFileSync(file, 'utf8')) : null;
  }
}

function readCommandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Secrets of this clone, the same at each start: `{ session, passwords: { admin, scientist } }`. */
export function keptSecrets(folder) {
  const file = join(folder, 'demo-secrets.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const secrets = {
    session: randomBytes(32).toString('base64url'),
    passwords: {
      admin: randomBytes(9).toString('base64url'),
      scientist: randomBytes(9).toString('base64url'),
    },
  };
  writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}
