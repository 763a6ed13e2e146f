/** Takes the panel's pictures for the documentation: `npm run screenshots`. Look at each before you commit it. */

import type { Page } from 'playwright-core';
import { openPage } from '../support/browser.js';
import { stopAll } from '../support/cleanup.js';
import { beside, keep } from './pictures.js';
import { startSample, type Sample } from './sample.js';

const phone = { width: 390, height: 844 };

interface Picture {
  name: string;
  path: string;
  /** Of the window, in pixels, on a desk: the panel scrolls within it. */
  height: number;
  /** Shows that the page is complete. */
  ready(page: Page): Promise<unknown>;
  isOnPhone?: boolean;
}

function pictures({ runningId, draftId, serverId }: Sample): Picture[] {
  return [
    {
      name: 'dashboard',
      path: '',
      height: 1060,
      ready: (page) => page.getByText('Servers out of reach').waitFor(),
      isOnPhone: true,
    },
    {
      name: 'jobs',
      path: '/resources/drs-jobs',
      height: 860,
      ready: (page) => page.locator('tbody [data-status="running"]').first().waitFor(),
      isOnPhone: true,
    },
    {
      name: 'job',
      path: `/resources/drs-jobs/records/${runningId}/show`,
      height: 1060,
      ready: (page) => page.locator('drs-job-log').getByText('shutter slow').first().waitFor(),
      isOnPhone: true,
    },
    {
      name: 'server',
      path: `/resources/drs-servers/records/${serverId}/show`,
      height: 700,
      ready: (page) =>
        page
          .getByText(/SHA256:/)
          .first()
          .waitFor(),
    },
    {
      name: 'submit',
      path: `/resources/drs-jobs/records/${draftId}/submit`,
      height: 930,
      ready: (page) => page.getByRole('button', { name: 'Submit the job' }).waitFor(),
    },
  ];
}

type Size = (picture: Picture) => { width: number; height: number };

async function take(sample: Sample, chosen: Picture[], size: Size): Promise<Map<string, Buffer>> {
  const { page, problems, close } = await openPage();
  await page.context().addCookies([{ name: 'user', value: sample.username, url: sample.url }]);
  const taken = new Map<string, Buffer>();
  for (const picture of chosen) {
    await page.setViewportSize(size(picture));
    await page.goto(`${sample.url}/admin${picture.path}`);
    await picture.ready(page);
    taken.set(picture.name, await page.screenshot());
  }
  if (problems.length > 0) throw new Error(`The console complained: ${problems.join('\n')}`);
  await close();
  return taken;
}

try {
  const sample = await startSample();
  const all = pictures(sample);
  for (const [name, image] of await take(sample, all, ({ height }) => ({ width: 1280, height })))
    await keep(`panel-${name}`, image);
  const phones = await take(
    sample,
    all.filter(({ isOnPhone }) => isOnPhone),
    () => phone,
  );
  await keep('panel-phone', await beside(phones.values()));
} finally {
  await stopAll();
}
