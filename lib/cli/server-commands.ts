/** The commands that see to a server. */

import { Option, type Command } from 'commander';
import { hostKey, type HostKeyFlags } from './host-key.js';
import { testServer, type TestFlags } from './test-server.js';

const testHelp = `
The password comes from DRS_PASSWORD, --password-stdin or --ask-password, the passphrase of --key from DRS_PASSPHRASE.
Without password and key, the app's own key signs in. The exit code is 0 when every step went well.`;

const json = ['--json', 'print JSON, as the REST interface answers'] as const;

/** @param keep takes the exit code */
export function addServerCommands(program: Command, keep: (code: number) => void): void {
  program
    .command('host-key')
    .description('show the host key of a server; approve it, or forget it')
    .argument('<server>', 'id or title of the server')
    .addOption(
      new Option('--approve <fingerprint>', 'say that this key is the right one').conflicts('forget'),
    )
    .option('--forget', 'let the next connection remember the key that it sees')
    .option(...json)
    .action(async (server: string, flags: HostKeyFlags) => keep(await hostKey(server, flags)));
  program
    .command('test')
    .description('try the connection to a server step by step, as a job would use it')
    .argument('<server>', 'id or title of the server')
    .option('-u, --username <name>', 'the name to sign in with (default: your user name)')
    .option('-k, --key <path>', 'the private key to sign in with')
    .addOption(new Option('--ask-password', 'ask for the password').conflicts('passwordStdin'))
    .option('--password-stdin', 'read the password from the standard input')
    .option(...json)
    .addHelpText('after', testHelp)
    .action(async (server: string, flags: TestFlags) => keep(await testServer(server, flags)));
}
