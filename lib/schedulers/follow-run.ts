/** Follows run.sh from its first line to its report. */

import type { RunFollower } from './scheduler.js';
import { parseReport, type RunReport } from './run-report.js';
import { readScript, type ScriptCall } from './script-call.js';

/** Names of files are held in memory: a program can make millions of them. */
const mostReportBytes = 32 * 1024 * 1024;

/**
 * Passes the program's output on, and reads the report that comes after it. The script's own end is not waited for:
 * Linux takes 15 ms to let a killed `tail` go, which keeps the streams open so long.
 */
export async function followRun(call: ScriptCall, follower: RunFollower): Promise<RunReport> {
  const lines: string[] = [];
  const report: Buffer[] = [];
  let reportBytes = 0;
  let isReporting = false;
  let isStderrOver = false;
  let tellOver = (): void => undefined;
  const over = new Promise<void>((resolve) => (tellOver = resolve));
  const reading = readScript(call, {
    onLine(stream, line) {
      if (stream === 'stderr') isStderrOver = line === 'end';
      else lines.push(line);
      if (isStderrOver && lines.at(-1) === 'done') tellOver();
      if (stream === 'stderr') return;
      if (line === 'started' || line === 'attached') follower.onReady?.(line);
      else if (line !== 'hello') isReporting = true;
    },
    onOutput(stream, bytes) {
      if (stream === 'stderr') return isStderrOver ? undefined : follower.onOutput(stream, bytes);
      if (!isReporting) return follower.onOutput(stream, bytes);
      reportBytes += bytes.length;
      if (reportBytes <= mostReportBytes) report.push(bytes);
    },
  });
  await Promise.race([reading, over]);
  reading.catch(() => undefined);
  call.script.close();
  return parseReport(lines, { body: Buffer.concat(report), isCut: reportBytes > mostReportBytes });
}
