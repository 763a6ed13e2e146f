/** The commands that show what is stored: jobs, output and results. */

import { Option, type Command } from 'commander';
import { jobStatuses } from '../protocol/job-status.js';
import { streams } from '../protocol/log-policy.js';
import { jobs, type JobsFlags } from './jobs.js';
import { log, type LogFlags } from './log.js';
import { listLimit, positiveInteger } from './numbers.js';
import { results, type ResultsFlags } from './results.js';

/** What `--json` says about itself; each command that prints records has it. */
export const jsonOption = ['--json', 'print JSON, with the names of the REST interface'] as const;

const listHelp = `
On a terminal it prints columns with their names. To a file or another program it prints one line for each, with tabs
between the columns and without their names, as gh does; --json prints one array.`;

const logHelp = `
The bytes are those that the program wrote. Without --stream both are printed, stdout to stdout and stderr to stderr; a
stream that is named goes to its own, too. The exit code of --follow is that of submit --follow.`;

const resultsHelp = `${listHelp}

With --to, nothing is written before all files are here, nothing outside of the folder, and nothing through a link.`;

const attemptOption = ['--attempt <number>', 'which attempt (default: the newest)', positiveInteger] as const;

/** @param keep takes the exit code */
export function addReadingCommands(program: Command, keep: (code: number) => void): void {
  program
    .command('jobs')
    .description('list jobs, newest first')
    .addOption(new Option('--status <status...>', 'only these').choices(jobStatuses))
    .option('-o, --owner <name|id>', 'only those of this user')
    .option('-t, --title <text>', 'only those with this in their title, whatever the case')
    .option('-s, --server <id|title>', 'only those of this server')
    .option('-l, --limit <number>', 'how many at most', listLimit, 30)
    .option(...jsonOption)
    .addHelpText('after', listHelp)
    .action(async (flags: JobsFlags) => keep(await jobs(flags)));
  program
    .command('log')
    .description('print the output of a job')
    .argument('<job>', 'the id of the job', positiveInteger)
    .option(...attemptOption)
    .addOption(new Option('--stream <name>', 'only this one').choices(streams))
    .option('-f, --follow', 'go on until the attempt has ended, and exit as the program does')
    .addHelpText('after', logHelp)
    .action(async (jobId: number, flags: LogFlags) => keep(await log(jobId, flags)));
  program
    .command('results')
    .description('list the files that a job made, or write them to a folder')
    .argument('<job>', 'the id of the job', positiveInteger)
    .option(...attemptOption)
    .option('--to <directory>', 'write the files here; it is made if missing')
    .option('--force', 'with --to: replace files that are there')
    .option(...jsonOption)
    .addHelpText('after', resultsHelp)
    .action(async (jobId: number, flags: ResultsFlags) => keep(await results(jobId, flags)));
}
