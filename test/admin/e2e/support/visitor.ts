/** Somebody in front of the panel, who remembers what the browser asked for, got, and complained about. */

import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import type { WatchedPage } from '../../../support/browser.js';
import { atEnd } from '../../../support/cleanup.js';

/** The page, and the words in which the tests speak of it. */
export interface Visitor {
  page: Page;
  /** The address of the panel. */
  panel: string;
  /** Through the host's sign-in page, to which the panel sends a stranger. */
  signIn(username: string): Promise<void>;
  open(path: string): Promise<unknown>;
  /** The notice that AdminJS shows above the page. */
  notice(text: string | RegExp): Promise<void>;
  save(): Promise<void>;
  /** The row of a list, by a text in it. */
  row(text: string): Locator;
  /** Picks rows of a list. */
  select(...texts: string[]): Promise<void>;
  /** How often the browser loaded a document so far. */
  loads(): number;
  /** All that was sent to the browser so far, as texts. */
  received(): Promise<string[]>;
  /** What the browser complained about so far was meant to happen. */
  forgive(complaint: RegExp): void;
  /** No script failed, and no other host was asked. */
  expectPeace(): void;
}

export async function createVisitor({
  panel,
  watched,
}: {
  panel: string;
  watched: WatchedPage;
}): Promise<Visitor> {
  const { page, problems } = watched;
  atEnd(() => watched.close());
  page.setDefaultTimeout(20_000);
  const { origin } = new URL(panel);
  const foreign: string[] = [];
  const answers: Promise<string>[] = [];
  let documents = 0;
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(origin))
      foreign.push(request.url());
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) documents += 1;
  });
  page.on('response', (response) => answers.push(response.text().catch(() => '')));
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => void answers.push(Promise.resolve(String(payload)))),
  );
  const row = (text: string): Locator => page.locator('tbody tr', { hasText: text });
  return {
    page,
    panel,
    async signIn(username) {
      await page.goto(panel);
      await page.getByLabel('Name').fill(username);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(panel);
      await page.getByTestId('signed-in').getByText(username).waitFor();
    },
    open: (path) => page.goto(`${panel}${path}`),
    notice: (text) => page.getByTestId('notice-wrapper').getByText(text).first().waitFor(),
    save: () => page.getByTestId('button-save').click(),
    row,
    async select(...texts) {
      for (const text of texts)
        await row(text).locator('td').first().locator('a, label, span').first().click();
    },
    loads: () => documents,
    received: () => Promise.all(answers),
    forgive(complaint) {
      expect(problems.splice(0).filter((problem) => !complaint.test(problem))).to.deep.equal([]);
    },
    expectPeace() {
      expect(foreign).to.deep.equal([]);
      expect(problems).to.deep.equal([]);
    },
  };
}
