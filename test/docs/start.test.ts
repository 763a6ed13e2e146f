import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { chromium } from 'playwright-core';
import { ensureCommand } from '../../lib/embedded/install.js';
import { choosePort, prepare } from '../../example/demo/prepare.mjs';
import { blocksOf, root } from './documents.js';

const run = promisify(execFile);
const [start] = blocksOf('README.md').filter(({ note }) => note === 'run');

describe('the start in the README', function () {
  this.timeout(300_000);

  before(() => prepare());

  it('has about 20 lines', () => {
    const lines = start?.code.split('\n').filter((line) => line.trim() !== '') ?? [];
    expect(lines.length).to.be.within(15, 30);
  });

  it('works as it stands in an empty folder with the packed tarball', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'drs-start-'));
    // As in a folder of a user's own, PostgreSQL's user may pass when this is root.
    await chmod(folder, 0o711);
    try {
      await install(folder);
      await writeFile(join(folder, 'app.mjs'), start?.code ?? '');
      const app = spawn(process.execPath, ['app.mjs'], {
        cwd: folder,
        env: { ...process.env, PORT: String(await choosePort('0')) },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      try {
        const url = await untilUrl(app);
        await seeLinesArrive(url);
      } finally {
        app.kill('SIGTERM');
        await once(app, 'close');
      }
    } finally {
      // The services end a moment after the app, and write until then.
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    }
  });
});

/** What the README tells a newcomer to do, with the tarball in the place of the registry. */
async function install(folder: string): Promise<void> {
  // It is built already; the scripts would take dist/ away from those who use it just now.
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await run('npm', pack, { cwd: root });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  await run('npm', ['init', '-y'], { cwd: folder });
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', ['install', ...quiet, `./${filename}`, 'express', 'socket.io'], { cwd: folder });
}

function untilUrl(app: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (text: string): void => {
      output += text;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      if (url) resolve(url);
    };
    for (const stream of [app.stdout, app.stderr]) stream?.setEncoding('utf8').on('data', read);
    app.once('close', (code) => reject(new Error(`The start ended with code ${code}:\n${output}`)));
  });
}

async function seeLinesArrive(url: string): Promise<void> {
  const executablePath = await ensureCommand({ command: 'chromium', debianPackage: 'chromium' });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    const log = page.locator('drs-job-log');
    await log.getByText('line 1').waitFor();
    await log.getByText('line 5').waitFor();
    await log.locator('[part~=status-success]').waitFor();
  } finally {
    await browser.close();
  }
}
