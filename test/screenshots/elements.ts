/** Takes the elements' pictures for the documentation: `npm run screenshots`. Look at each before you commit it. */

import type { BrowserContextOptions, Page } from 'playwright-core';
import { jobOf, TestAttempt } from '../http/support.js';
import { startPortal, type Portal } from '../client/support/portal.js';
import { openPage } from '../support/browser.js';
import { stopAll } from '../support/cleanup.js';
import { beside, keep } from './pictures.js';

const wide = { width: 1180, height: 600 };
const narrow = { width: 390, height: 760 };

/** Jobs in several states; resolves to one whose output is worth a look. */
async function makeJobs({ drs }: Portal): Promise<number> {
  const titles = [
    'Merge runs 4411 to 4420',
    'Detector calibration',
    'Tomography, slice 12',
    'Rietveld refinement',
  ];
  for (const [index, title] of titles.entries()) {
    const { claim } = await TestAttempt.start(drs, (await jobOf(drs, 'ann', title)).id);
    if (index === 3) continue;
    const isFailure = index === 1;
    await drs.models.Job.update(
      {
        status: isFailure ? 'failure' : 'success',
        ...(isFailure ? { failureReason: 'exit', exitCode: 2 } : {}),
      },
      { where: { id: claim.jobId } },
    );
  }
  const attempt = await TestAttempt.start(drs, (await jobOf(drs, 'ann', 'Reflectivity fit, sample 7')).id);
  await printFit(attempt);
  await attempt.leave({ 'fit.json': '{}'.padEnd(1043), 'curve.csv': 'x'.repeat(15_300) });
  await attempt.finish();
  await jobOf(drs, 'ann', 'Reflectivity fit, sample 8');
  const { Interpreter, Job, Server } = drs.models;
  await Interpreter.update({ name: 'Python 3' }, { where: {} });
  await Server.update({ title: 'Beamline workstation' }, { where: {} });
  const startedAt = new Date(Date.now() - 72_000);
  await Job.update({ startedAt }, { where: { id: attempt.claim.jobId } });
  return attempt.claim.jobId;
}

/** A program that uses what a terminal can show. */
async function printFit(attempt: TestAttempt): Promise<void> {
  const steps = Array.from({ length: 140 }, (_, step) => {
    const chi = (900 * Math.exp(-step / 22) + 0.95 + 0.4 * Math.exp(-step / 9)).toFixed(3);
    return `\u001b[36msearch\u001b[0m ${String(step + 1).padStart(4)}   chi2 ${chi.padStart(9)}\n`;
  });
  await attempt.print('\u001b[1mReading\u001b[0m sample-7.ort, 412 points\n', ...steps);
  await attempt.print({
    stream: 'stderr',
    content: 'warning: 3 points without an error bar were left out\n',
  });
  for (const percent of [20, 45, 70, 100]) {
    const bar = '━'.repeat(percent / 5).padEnd(20, '╌');
    await attempt.print(`\r\u001b[K\u001b[32m${bar}\u001b[0m ${percent} %  bootstrapping`);
  }
  await attempt.print(
    '\n\n',
    '\u001b[1mparameter              value      error\u001b[0m\n',
    'thickness            411.996     0.018   angstrom\n',
    'film_sld               6.360     0.002   1e-6/angstrom²\n',
    'surface_roughness      7.495     0.031   angstrom\n',
    '\u001b[30;42m converged \u001b[0m reduced chi2 \u001b[1;38;5;208m0.950\u001b[0m\n',
    'wrote \u001b[4mfit.json\u001b[0m and \u001b[4mcurve.csv\u001b[0m\n',
  );
}

/** The list beside the log, or one above the other where there is no room. */
async function open(
  portal: Portal,
  jobId: number,
  options: BrowserContextOptions,
): Promise<{ page: Page; close(): Promise<void> }> {
  const { page, problems, close } = await openPage(options);
  await page.goto(`${portal.origin}/logs/${jobId}`);
  await page.evaluate(() => {
    const list = document.createElement('drs-job-list');
    list.setAttribute('limit', '4');
    document.body.prepend(list);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      :root { color-scheme: light dark; --drs-log-height: 22rem; }
      body { margin: 0; padding: 16px; display: grid; gap: 16px; align-items: start; background: light-dark(#eef1f6, #0b0e13); }
      @media (min-width: 800px) { body { grid-template-columns: 390px 1fr; } }
      @media (max-width: 799px) { drs-job-list { order: 2; } }
      * { min-width: 0; }`);
    document.adoptedStyleSheets = [sheet];
  });
  await page.getByText('converged').waitFor();
  await page.getByText('2 results').waitFor();
  await page.locator('drs-job-list tbody tr').nth(3).waitFor();
  if (problems.length > 0) throw new Error(`The console complained: ${problems.join('\n')}`);
  return { page, close };
}

try {
  const portal = await startPortal();
  const jobId = await makeJobs(portal);
  const phones: Buffer[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    const desk = await open(portal, jobId, { colorScheme, viewport: wide });
    await desk.page.getByRole('searchbox', { name: 'Search' }).fill('error');
    await desk.page.getByText('1 of 2').waitFor();
    await keep(`elements-${colorScheme}`, await desk.page.screenshot());
    await desk.close();
    const phone = await open(portal, jobId, { colorScheme, viewport: narrow });
    phones.push(await phone.page.screenshot());
    await phone.close();
  }
  await keep('elements-narrow', await beside(phones));
} finally {
  await stopAll();
}
