/** Chromium for tests: one browser for the whole run, a new context for each page. */

import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { ensureCommand } from '../../lib/embedded/install.js';
import { atEnd, shared } from './cleanup.js';

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser; installed when it is missing. */
export const browser = shared(async (): Promise<Browser> => {
  const executablePath = await ensureCommand({ command: 'chromium', debianPackage: 'chromium' });
  const started = await chromium.launch({ executablePath, headless: true, args: quiet });
  atEnd(() => started.close());
  return started;
});

/** A page that remembers what went wrong in it. */
export interface WatchedPage {
  page: Page;
  /** Errors of scripts, of the console, and of the Content-Security-Policy. */
  problems: string[];
  close(): Promise<void>;
}

/** A new page in a context of its own. */
export async function openPage(options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await (await browser()).newContext(options);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  return { page, problems, close: () => context.close() };
}
