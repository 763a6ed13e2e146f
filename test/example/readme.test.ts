import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { chromium } from 'playwright-core';
import ts from 'typescript';
import { ensureCommand } from '../../lib/embedded/install.js';
import { choosePort, prepare } from '../../example/demo/prepare.mjs';
import { readmeBlocks } from './readme.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const blocks = readmeBlocks();

/** What the fragments stand in: an app that has these already. */
const surroundings = `
import type { Express } from 'express';
import type { RemoteSubmission } from 'express-remote-submission';
declare global {
  const app: Express;
  const drs: RemoteSubmission;
  const destination: WritableStream<Uint8Array>;
}
`;

describe('README.md', function () {
  this.timeout(300_000);

  before(() => prepare());

  it('has a start of about 20 lines', () => {
    const [start] = blocks.filter(({ note }) => note === 'run');
    const lines = start?.code.split('\n').filter((line) => line.trim() !== '') ?? [];
    expect(lines.length).to.be.within(15, 30);
  });

  it('shows pictures that are there', async () => {
    const text = await readFile(join(root, 'README.md'), 'utf8');
    const pictures = [...text.matchAll(/!\[.*?\]\((.*?)\)/g)].map(([, path]) => String(path));
    expect(pictures).to.not.be.empty;
    for (const path of pictures) expect(existsSync(join(root, path)), path).to.equal(true);
  });

  it('has only code that compiles', async () => {
    const code = blocks.filter(({ language }) => language === 'js' || language === 'ts');
    expect(code.length).to.be.greaterThan(4);
    expect(await problemsOf(code.map((block) => ({ ...block, extension: 'mts' })))).to.deep.equal([]);
  });

  it('leads to a document of the elements that has only code that compiles, too', async () => {
    // A script of a page knows its elements; only how it is written is checked.
    const extensions: Readonly<Record<string, string>> = { js: 'mjs', ts: 'mts', tsx: 'tsx' };
    const code = readmeBlocks('lib/client/README.md').flatMap((block) => {
      const extension = extensions[block.language];
      return extension === undefined ? [] : [{ ...block, extension }];
    });
    expect(new Set(code.map(({ language }) => language))).to.deep.equal(new Set(['js', 'ts', 'tsx']));
    expect(await problemsOf(code)).to.deep.equal([]);
  });

  it('has a start that works as it stands in an empty folder with the packed tarball', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'drs-start-'));
    // As in a folder of a user's own, PostgreSQL's user may pass when this is root.
    await chmod(folder, 0o711);
    try {
      await install(folder);
      const [start] = blocks.filter(({ note }) => note === 'run');
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

/** What the compiler says about code that stands in an app. */
async function problemsOf(code: readonly { code: string; extension: string }[]): Promise<string[]> {
  // Within the package, so that its own name leads to dist/ as it would in a project that has installed it.
  await mkdir(join(root, '.cache'), { recursive: true });
  const folder = await mkdtemp(join(root, '.cache', 'readme-'));
  try {
    const paths = code.map(({ extension }, index) => join(folder, `block-${index}.${extension}`));
    for (const [index, path] of paths.entries()) {
      await writeFile(path, `${code[index]?.code ?? ''}\nexport {};\n`);
    }
    await writeFile(join(folder, 'surroundings.d.mts'), surroundings);
    return compile([...paths, join(folder, 'surroundings.d.mts')]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function compile(files: string[]): string[] {
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    allowJs: true,
    jsx: ts.JsxEmit.ReactJSX,
    typeRoots: [join(root, 'node_modules/@types')],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    return `${file?.fileName.split('/').at(-1) ?? ''}: ${text}`;
  });
}

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
