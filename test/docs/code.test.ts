import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import * as esbuild from 'esbuild';
import ts from 'typescript';
import packageJson from '../../package.json' with { type: 'json' };
import { runCommand } from '../../lib/embedded/run-command.js';
import { testDatabase } from '../support/postgres.js';
import { blocksOf, documents, root, type CodeBlock } from './documents.js';

const run = promisify(execFile);
const blocks = documents.flatMap(blocksOf);
const of = (...languages: string[]): CodeBlock[] =>
  blocks.filter(({ language }) => languages.includes(language));

/** What fragments stand in: an app that has these already. */
const surroundings = `
import type { Express } from 'express';
import type { RemoteSubmission } from 'express-remote-submission';
declare global {
  const app: Express;
  const drs: RemoteSubmission;
}
`;

/** The part of Passport that is shown; it is no dependency. */
const passport = `
declare module 'passport' {
  import type { RequestHandler } from 'express';
  const passport: { initialize(): RequestHandler; session(): RequestHandler };
  export default passport;
}
`;

describe('the code in the documents', function () {
  this.timeout(240_000);

  it('is in languages that are checked, or that nothing here can read', () => {
    const checked = ['js', 'ts', 'tsx', 'css', 'html', 'sh'];
    const unread = ['nginx', 'ini', 'mermaid', 'text'];
    const others = blocks.filter(({ language }) => ![...checked, ...unread].includes(language));
    expect(others.map(({ title, language }) => `${title}: ${language}`)).to.deep.equal([]);
  });

  it('compiles', async () => {
    expect(await problemsOf(of('js', 'ts', 'tsx'))).to.deep.equal([]);
  });

  it('runs, where it is a test', async () => {
    const tests = of('ts').filter(({ note }) => note === 'run');
    expect(tests.map(({ title }) => title)).to.have.length.greaterThan(1);
    for (const { code, title } of tests) {
      const DATABASE_URL = await testDatabase();
      const { code: exitCode, output } = await inFolder(async (folder) => {
        await writeFile(join(folder, 'block.mts'), code);
        const args = ['--import', 'tsx', '--test', join(folder, 'block.mts')];
        return runCommand(process.execPath, args, { env: { ...process.env, DATABASE_URL } });
      });
      expect(exitCode, `${title}\n${output}`).to.equal(0);
    }
  });

  it('is CSS that can be read', async () => {
    for (const { code, title } of of('css')) {
      const { warnings } = await esbuild.transform(code, { loader: 'css' });
      expect(warnings, title).to.deep.equal([]);
    }
  });

  it('is HTML with elements that are defined', () => {
    const known = ['drs-job-log', 'drs-job-list', 'drs-job-submit'];
    const used = of('html').flatMap(({ code }) => [...code.matchAll(/<(drs-[a-z-]+)/g)]);
    expect(used).to.not.be.empty;
    expect(used.map(([, name]) => name).filter((name) => !known.includes(String(name)))).to.deep.equal([]);
  });

  it('is shell that can be read, with scripts that are there', async () => {
    const scripts = Object.keys(packageJson.scripts);
    for (const { code, title } of of('sh')) {
      await run('sh', ['-n', '-c', code]);
      const named = [...code.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => name);
      expect(scripts, title).to.include.members(named);
    }
  });
});

/** What the compiler says about code that stands in an app. */
async function problemsOf(code: readonly CodeBlock[]): Promise<string[]> {
  return inFolder(async (folder) => {
    const titles = new Map<string, string>();
    for (const [index, { language, note, title, code: text }] of code.entries()) {
      // JavaScript is checked as TypeScript; a script of a page, which knows its elements, only as it is written.
      const extension = language === 'tsx' ? 'tsx' : note === 'page' ? 'mjs' : 'mts';
      const name = `block-${index}.${extension}`;
      titles.set(name, title);
      await writeFile(join(folder, name), `${text}\nexport {};\n`);
    }
    await writeFile(join(folder, 'surroundings.d.mts'), surroundings);
    await writeFile(join(folder, 'passport.d.ts'), passport);
    return compile([...titles.keys(), 'surroundings.d.mts', 'passport.d.ts'], { folder, titles });
  });
}

/** Within the package, so that its own name leads to dist/ as it would in a project that has installed it. */
async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(join(root, '.cache'), { recursive: true });
  const folder = await mkdtemp(join(root, '.cache', 'docs-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function compile(
  names: string[],
  { folder, titles }: { folder: string; titles: ReadonlyMap<string, string> },
): string[] {
  const files = names.map((name) => join(folder, name));
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
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const name = file?.fileName.split('/').at(-1) ?? '';
    const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    return `${titles.get(name) ?? name}, line ${line}: ${text}`;
  });
}
