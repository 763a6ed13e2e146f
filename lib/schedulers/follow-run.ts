/** Follows run.sh from its first line to its report. */

import type { RunFollower } from './scheduler.js';
import { parseReport, type RunReport } from './run-report.js';
import { readScript, type ScriptCall } from './script-call.js';

/** Passes the program's output on, and reads the report that comes after it. */
export async function followRun(call: ScriptCall, follower: RunFollower): Promise<RunReport> {
  const lines: string[] = [];
  const report: Buffer[] = [];
  let isReporting = false;
  let isStderrOver = false;
  await readScript(call, {
    onLine(stream, line) {
      if (stream === 'stderr') {
        isStderrOver = line === 'end';
        return;
      }
      lines.push(line);
      if (line === 'started' || line === 'attached') follower.onReady?.(line);
      else if (line !== 'hello') isReporting = true;
    },
    onOutput(stream, bytes) {
      if (stream === 'stderr') return isStderrOver ? undefined : follower.onOutput(stream, bytes);
      if (!isReporting) return follower.onOutput(stream, bytes);
      report.push(bytes);
    },
  });
  return parseReport(lines, Buffer.concat(report));
}
