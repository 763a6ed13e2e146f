/** What an administrator sees of long names and many actions, on a desk and on a phone: nothing over another, nothing cut off. */

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { InstanceOf } from '../../support/types.js';
import { makeJob, makeServer, startBackend, visit, type Backend } from './support/site.js';
import type { Visitor } from './support/visitor.js';

const longTitle = `A_title_in_one_word_${'x'.repeat(150)}`;
const desk = { width: 1280, height: 860 };
const phone = { width: 390, height: 844 };

describe('the pages of the panel', function () {
  this.timeout(90_000);
  let backend: Backend;
  let visitor: Visitor;
  let page: Page;
  let running: InstanceOf<'Job'>;

  before(async () => {
    backend = await startBackend();
    const server = await makeServer(backend);
    const long = await makeJob(backend, { server, title: longTitle, program: 'echo yes > table.csv' });
    await (await backend.drs.submitJob(long.id)).finished();
    running = await makeJob(backend, { server, title: 'Runs', program: 'sleep 600' });
    await backend.drs.submitJob(running.id);
    visitor = await visit(backend);
    ({ page } = visitor);
    await visitor.open('/resources/drs-jobs');
    await visitor.row('Runs').locator('[data-status="running"]').waitFor();
  });

  afterEach(() => page.setViewportSize(desk));

  const box = async (selector: string) => {
    const found = await page.locator(selector).first().boundingBox();
    if (!found) throw new TypeError(`${selector} is not in sight.`);
    return { ...found, right: found.x + found.width, bottom: found.y + found.height };
  };

  it('keep the heading clear of the actions, however many these are', async () => {
    for (const action of ['show', 'cancel', 'submit']) {
      await visitor.open(`/resources/drs-jobs/records/${running.id}/${action}`);
      await page.getByTestId('action-copy').waitFor();
      expect(await page.evaluate(wordsOverActions), action).to.deep.equal([]);
    }
  });

  it('keep the heading of a list clear of what can be done with a selection', async () => {
    for (const size of [desk, phone]) {
      await page.setViewportSize(size);
      await visitor.open('/resources/drs-jobs');
      await visitor.select('Runs');
      const caption = await box('caption');
      const heading = await box('[data-css$="action-header"] h2');
      expect(caption.y > heading.bottom || caption.bottom < heading.y, String(size.width)).to.equal(true);
      expect(caption.right).to.be.at.most(size.width);
      expect((await box('[data-testid="action-requeueSelected"]')).bottom).to.be.at.most(caption.bottom);
    }
  });

  it('break a long title in lists and before it is deleted', async () => {
    for (const size of [desk, phone]) {
      await page.setViewportSize(size);
      for (const path of [
        'drs-jobs',
        'drs-results',
        `drs-jobs/bulk/bulkDelete?recordIds=${running.id - 1}`,
      ]) {
        await visitor.open(`/resources/${path}`);
        await page
          .getByText(path === 'drs-results' ? 'table.csv' : longTitle)
          .first()
          .waitFor();
        const { right } = await box(path.includes('bulkDelete') ? '[data-css="drawer"] table' : 'table');
        expect(right, `${path} at ${size.width}`).to.be.at.most(size.width);
      }
    }
  });

  it('show a program in letters of one width', async () => {
    await visitor.open(`/resources/drs-jobs/records/${running.id}/edit`);
    expect(await page.locator('#program').evaluate(fontOf)).to.match(/monospace$/);
    await visitor.open(`/resources/drs-jobs/records/${running.id}/submit`);
    await page.getByLabel('with a private key', { exact: true }).check();
    expect(await page.locator('#drs-key').evaluate(fontOf)).to.match(/monospace$/);
  });

  it('ask in a filter for what is looked for, in the words of the badges', async () => {
    await visitor.open('/resources/drs-jobs');
    await page
      .getByRole('button', { name: 'Filter' })
      .or(page.getByText('Filter', { exact: true }))
      .first()
      .click();
    await page.getByText('Status').last().waitFor();
    expect(await page.getByText('Blank: yours', { exact: false }).isVisible()).to.equal(false);
    await page.locator('form [class*="control"]').first().click();
    await page.getByText('Submitted', { exact: true }).waitFor();
  });

  it('are written dark enough to be read', async () => {
    for (const path of ['drs-results/records/1/show', 'drs-interpreters/records/1/show', 'drs-jobs']) {
      await visitor.open(`/resources/${path}`);
      await page.locator('[data-css$="-breadcrumbs"]').waitFor();
      await page
        .getByText(path === 'drs-jobs' ? 'Runs' : 'Attempt')
        .or(page.getByText('Who did what'))
        .first()
        .waitFor();
      expect(await page.evaluate(faintTexts), path).to.deep.equal([]);
    }
  });

  it('say in words that something is not there', async () => {
    await visitor.open('/resources/drs-jobs/records/99999/show');
    await page.getByText(/not for you to see/).waitFor();
  });

  it('met no error and asked no other host', () => visitor.expectPeace());
});

const fontOf = (element: Element): string => getComputedStyle(element).fontFamily;

/** Actions that lie over a heading. The words of a heading count, not the room that it has. */
const wordsOverActions = `(() => {
  const range = document.createRange();
  range.selectNodeContents(document.querySelector('[data-css$="action-header"] h2'));
  const words = range.getBoundingClientRect();
  return [...document.querySelectorAll('[data-css$="action-header"] [data-testid^="action-"]')]
    .filter((action) => {
      const { left, right, top, bottom } = action.getBoundingClientRect();
      return left < words.right + 8 && right > words.left && top < words.bottom && bottom > words.top;
    })
    .map(({ textContent }) => textContent);
})()`;

/** Texts of less contrast than the 4.5 that WCAG 2.2 asks for (1.4.3), outside of fields. */
const faintTexts = `(() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const light = (colour) => {
    const [red, green, blue] = channels(colour).map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    if ((channels(colour)[3] ?? 1) > 0.5) return colour;
    return element.parentElement ? ground(element.parentElement) : 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('[data-css="app-content"] *')]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
    .filter((element) => element.getBoundingClientRect().right <= innerWidth && !element.closest('form'))
    .filter((element) => {
      const [one, other] = [light(getComputedStyle(element).color), light(ground(element))];
      return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05) < 4.5;
    })
    .map(({ textContent }) => textContent);
})()`;
