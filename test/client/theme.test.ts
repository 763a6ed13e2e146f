import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import { clientFile } from './support/client-file.js';
import { ContractServer } from './support/contract-server.js';
import { head } from './support/pages.js';

const pages = {
  '/all': `${head}<drs-job-list></drs-job-list><drs-job-log job="42"></drs-job-log><drs-job-submit></drs-job-submit>`,
};

/** A page with variables of its own, which it hands to the elements under the names that they have for it. */
const hostCss = `
  :root {
    --accent: rgb(200, 0, 100); --text: rgb(1, 2, 3); --muted: rgb(90, 91, 92); --background: rgb(250, 251, 252);
    --surface: rgb(240, 241, 242); --border: rgb(180, 181, 182); --mono: Courier; --font: Georgia; --radius: 3px;
    --columns: 12; --digits: 9; --own: none; --tone: none;
  }
  drs-job-list, drs-job-log, drs-job-submit {
    --drs-accent: var(--accent); --drs-text: var(--text); --drs-muted: var(--muted);
    --drs-background: var(--background); --drs-surface: var(--surface); --drs-border: var(--border);
    --drs-mono: var(--mono); --drs-font: var(--font); --drs-radius: var(--radius);
  }
  drs-job-log::part(text) { color: var(--accent); }
`;

describe('a page with variables of its own', () => {
  let server: ContractServer;
  let watched: WatchedPage;
  let page: Page;

  beforeEach(async () => {
    server = await new ContractServer({ clientFile: await clientFile(), pages }).start();
    watched = await openPage({ viewport: { width: 1280, height: 1000 } });
    page = watched.page;
    server.addJob({ id: 42, title: 'Fit', attempt: 1, status: 'success' });
    server.print(42, 'fit \u001b[38;2;200;30;30mpoor\u001b[0m\n');
    await page.route('**/page.css', (route) => route.fulfill({ contentType: 'text/css', body: hostCss }));
    await page.goto(`${server.origin}/all`);
    await page.getByText('poor').waitFor();
    await page.locator('drs-job-list tbody a').first().waitFor();
  });

  afterEach(async () => {
    await watched.close();
    await server.stop();
  });

  const look = (selector: string, property: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((part, name) => getComputedStyle(part).getPropertyValue(name), property);

  it('keeps the focus ring of all that the keyboard reaches in the elements', async () => {
    for (const element of ['drs-job-list select', 'drs-job-log .scroller', 'drs-job-submit select']) {
      await page.locator(element).first().focus();
      await page.keyboard.press('Shift');
      expect(await look(`${element}:focus-visible`, 'outline'), element).to.equal(
        'rgb(200, 0, 100) solid 2px',
      );
    }
  });

  it('gives the elements its colours, fonts and corners', async () => {
    const frame = 'drs-job-log .frame';
    expect(await look('drs-job-log', 'color')).to.equal('rgb(1, 2, 3)');
    expect(await look('drs-job-log', 'font-family')).to.equal('Georgia');
    expect(await look(frame, 'background-color')).to.equal('rgb(250, 251, 252)');
    expect(await look(frame, 'border-color')).to.equal('rgb(180, 181, 182)');
    expect(await look(frame, 'border-radius')).to.equal('3px');
    expect(await look('drs-job-log .viewport', 'background-color')).to.equal('rgb(240, 241, 242)');
    expect(await look('drs-job-log .rows', 'font-family')).to.equal('Courier');
    expect(await look('drs-job-log .gutter', 'color')).to.equal('rgb(90, 91, 92)');
  });

  it('has its own meaning of a variable in a part of an element', async () => {
    expect(await look('drs-job-log .text', 'color')).to.equal('rgb(200, 0, 100)');
  });

  it('shares no name of a variable with the elements but those that are for it', async () => {
    const names = await page.evaluate(() =>
      ['drs-job-list', 'drs-job-log', 'drs-job-submit'].flatMap((name) => {
        const root = document.querySelector(name)?.shadowRoot;
        const sheets = (root?.adoptedStyleSheets ?? []).flatMap((sheet) => [...sheet.cssRules]);
        const styles = [...(root?.querySelectorAll('[style]') ?? [])].map((part) =>
          part.getAttribute('style'),
        );
        return [...sheets.map(({ cssText }) => cssText), ...styles].join('\n').match(/--[\w-]+/g) ?? [];
      }),
    );
    expect(names).to.include('--drs-accent');
    expect([...new Set(names)].filter((name) => !/^--_?drs-/.test(name))).to.deep.equal([]);
  });
});
