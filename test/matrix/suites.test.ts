import { describeStarting } from '../contracts/starting.js';
import { transportContract } from '../../lib/testing/contracts/transport.js';
import { benchOn } from '../schedulers/support.js';
import { atEnd, shared } from '../support/cleanup.js';
import { memoryHostKeys } from '../transports/memory-host-keys.js';
import { ssh } from '../../lib/transports/ssh.js';
import { columns, nameOf, prepareGrounds, type Column } from './columns.js';
import { loginShells, rows, type Row } from './rows.js';

const grounds = shared(prepareGrounds);
const logins = rows.slice(0, loginShells.length);
const [usual] = logins;
/** Each login shell on each kind of server, and each `/bin/sh` there. */
const pairs = logins.flatMap((row) =>
  columns.filter(({ sh }) => row === usual || sh === 'dash').map((column) => [row, column] as const),
);
/** In the short form one that is like no other. */
const chosen = pairs.filter(
  ([{ title }, { server }]) =>
    process.env.DRS_MATRIX === 'long' || (title === 'bsd-csh' && server === 'Dropbear'),
);

async function signIn(row: Row, column: Column) {
  const { hostname, port, user } = await (await grounds()).cell(row, column);
  const { username, password, home } = user;
  const transport = ssh({ hostKeys: memoryHostKeys() });
  return { transport, home, target: { hostname, port, username, credential: { password } } };
}

for (const [row, column] of chosen) {
  const where = `${row.title} on ${nameOf(column)}`;
  transportContract(where, () => signIn(row, column));
  describeStarting(`through ${where}`, async () => {
    const { transport, home, target } = await signIn(row, column);
    atEnd(() => transport.close());
    return benchOn({ home, session: (await transport.acquire(target)).session });
  });
}
