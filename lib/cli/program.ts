/** The commands, their arguments and options, and what `--help` says. */

import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { defaultRemoteDirectory } from '../protocol/remote-path.js';
import { packageFile } from '../package-files.js';
import { cancel } from './cancel.js';
import { exitCodes } from './exit-code.js';
import { explain } from './explain.js';
import { migrate } from './migrate.js';
import { positiveInteger, positiveNumber } from './numbers.js';
import type { JsonFlag } from './print.js';
import { prune } from './prune.js';
import { addReadingCommands, jsonOption } from './reading-commands.js';
import { requeue } from './requeue.js';
import { retry } from './retry.js';
import { addServerCommands } from './server-commands.js';
import { submit, type SubmitFlags } from './submit.js';
import { work } from './work.js';

const environmentHelp = `
Environment:
  DATABASE_URL   postgres://user:password@host:port/database
  REDIS_URL      redis://host:port
  DRS_SECRET     the key that seals passwords at rest, at least 16 characters
  DRS_IDENTITY   the path of the app's own SSH private key (optional)
  DRS_STORAGE    the directory of stored results (optional)`;

const submitHelp = `
The password of a submit comes from DRS_PASSWORD, from --password-stdin or from the question of --ask-password,
never from the command line; the passphrase of --key comes from DRS_PASSPHRASE. Without password and key, the app's own
key signs in as the owner.

Exit code of submit --follow: the program's own, 128 + n after signal n, ${exitCodes.timeout} after a timeout,
${exitCodes.interrupted} when it was cancelled or you stopped following, ${exitCodes.failed} when it could not be carried out.`;

/** The program; `run` resolves to the exit code. */
export function createProgram(): { run(args: readonly string[]): Promise<number> } {
  let exitCode = 0;
  const program = new Command('drs')
    .description('Runs programs on remote machines over SSH, and loses none.')
    .version(version(), '-V, --version', 'print the version')
    .addHelpText('after', environmentHelp)
    .showHelpAfterError('(drs --help says more)')
    .exitOverride();
  const keep = (code: number): void => {
    exitCode = code;
  };
  addSmallCommands(program, keep);
  addReadingCommands(program, keep);
  addSubmit(program, keep);
  addServerCommands(program, keep);
  return {
    async run(args) {
      try {
        await program.parseAsync(args, { from: 'user' });
      } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        // Commander has printed the message, or the help that was asked for.
        return error.exitCode === 0 ? 0 : exitCodes.usage;
      }
      return exitCode;
    },
  };
}

function addSmallCommands(program: Command, keep: (code: number) => void): void {
  program
    .command('worker')
    .description('take jobs from the queue and carry them out, until SIGTERM or Ctrl-C')
    .option('-c, --concurrency <number>', 'jobs at a time', positiveInteger)
    .action(async (flags: { concurrency?: number }) => keep(await work(flags)));
  program
    .command('migrate')
    .description('bring the tables up to date')
    .action(async () => keep(await migrate()));
  program
    .command('cancel')
    .description('end a job: it is not started, or its whole process tree is ended')
    .argument('<job>', 'the id of the job', positiveInteger)
    .option(...jsonOption)
    .action(async (jobId: number, flags: JsonFlag) => keep(await cancel(jobId, flags)));
  program
    .command('retry')
    .description(
      'make a new attempt as the newest one was made (password: DRS_PASSWORD, or the key of the app)',
    )
    .argument('<job>', 'the id of the job', positiveInteger)
    .option(...jsonOption)
    .action(async (jobId: number, flags: JsonFlag) => keep(await retry(jobId, flags)));
  program
    .command('requeue')
    .description('hand the attempt under way to the workers again; harmless when one holds it')
    .argument('<job>', 'the id of the job', positiveInteger)
    .option(...jsonOption)
    .action(async (jobId: number, flags: JsonFlag) => keep(await requeue(jobId, flags)));
  program
    .command('prune')
    .description('delete logs and results of attempts that ended long ago')
    .requiredOption('--days <number>', 'how long ago', positiveNumber)
    .option(...jsonOption)
    .action(async (flags: JsonFlag & { days: number }) => keep(await prune(flags)));
  program
    .command('explain')
    .description('tell where the newest attempt of a job is, who holds it and what it waits for')
    .argument('<job>', 'the id of the job', positiveInteger)
    .option(...jsonOption)
    .action(async (jobId: number, flags: JsonFlag) => keep(await explain(jobId, flags)));
}

function addSubmit(program: Command, keep: (code: number) => void): void {
  program
    .command('submit')
    .description('run a program on a server')
    .argument('<file>', 'the program')
    .requiredOption('-s, --server <id|title>', 'where to run it')
    .requiredOption('-i, --interpreter <id|name>', 'what to run it with')
    .option('-f, --follow', 'print the output as it comes, and exit as the program does')
    .option('-t, --title <text>', 'title of the job (default: the name of the file)')
    .option(
      '-d, --directory <path>',
      `directory on the server; may hold {job}, {attempt}, {owner} (default: ${defaultRemoteDirectory})`,
    )
    .option('-o, --owner <name>', 'who the job belongs to (default: your user name)')
    .option('-u, --username <name>', "the name to sign in with (default: the owner's)")
    .option(
      '-k, --key <path>',
      'the private key to sign in with; with a password, where the server asks for both',
    )
    .option('--timeout <seconds>', 'end the program after this time', positiveNumber)
    .option(
      '-r, --results <pattern...>',
      'files to bring back; the last match wins, ! negates (default: all)',
    )
    .addOption(new Option('--ask-password', 'ask for the password').conflicts('passwordStdin'))
    .option('--password-stdin', 'read the password from the standard input')
    .addOption(new Option(...jsonOption).conflicts('follow'))
    .addHelpText('after', submitHelp)
    .action(async (file: string, flags: SubmitFlags) => keep(await submit(file, flags)));
}

function version(): string {
  return (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }).version;
}
