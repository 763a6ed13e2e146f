/** Keeps pictures for the documentation. */

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openPage } from '../support/browser.js';

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const maxBytes = 150_000;

/** One picture of several beside each other. */
export async function beside(images: Iterable<Buffer>): Promise<Buffer> {
  const { page, close } = await openPage();
  const tags = [...images].map(
    (image) =>
      `<img style="border:1px solid #c0c6d0;border-radius:16px" src="data:image/png;base64,${image.toString('base64')}">`,
  );
  await page.setContent(`<main style="display:inline-flex;gap:24px">${tags.join('')}</main>`);
  const together = await page.locator('main').screenshot();
  await close();
  return together;
}

/** Writes `NAME.png`. @throws Error when it is too large for a document */
export async function keep(name: string, image: Buffer): Promise<void> {
  console.log(`${name}.png: ${(image.length / 1000).toFixed(0)} kB`);
  if (image.length > maxBytes) throw new Error(`It is larger than ${maxBytes} bytes.`);
  await writeFile(`${folder}${name}.png`, image);
}
