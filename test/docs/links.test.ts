import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { anchorsOf, documents, linksOf, quoted, root, textOf } from './documents.js';

const run = promisify(execFile);
const links = documents.flatMap(linksOf);
const inside = links.flatMap(({ from, path, anchor }) => (path === null ? [] : [{ from, path, anchor }]));

describe('the documents', () => {
  it('lead only to files that are there', () => {
    expect(inside).to.have.length.greaterThan(50);
    expect(inside.filter(({ path }) => !existsSync(join(root, path)))).to.deep.equal([]);
  });

  it('lead only to headings that are there', () => {
    const toHeadings = inside.filter(({ anchor }) => anchor !== '');
    expect(toHeadings).to.not.be.empty;
    expect(toHeadings.filter(({ path, anchor }) => !anchorsOf(path).has(anchor))).to.deep.equal([]);
  });

  it('lead to what is in the packed package, and are in it themselves', async () => {
    const packed = await packedFiles();
    expect(documents.filter((path) => !packed.has(path))).to.deep.equal([]);
    expect(inside.filter(({ path }) => !packed.has(path))).to.deep.equal([]);
  });

  it('name only files of the repository that are there', () => {
    const named = documents.flatMap((from) => quoted(textOf(from)).map((path) => ({ from, path })));
    const paths = named.filter(({ path }) => /^(admin|docs|example|lib|test|views)\/[\w./-]*$/.test(path));
    expect(paths).to.not.be.empty;
    expect(paths.filter(({ path }) => !existsSync(join(root, path)))).to.deep.equal([]);
  });

  it('are all led to from the README', () => {
    const reached = new Set(['README.md']);
    // A set goes on with what is added while it is walked through.
    for (const document of reached) {
      for (const { from, path } of inside) if (from === document && path.endsWith('.md')) reached.add(path);
    }
    expect(documents.filter((path) => !reached.has(path))).to.deep.equal([]);
  });

  it('begin with a README of 150 lines at most', () => {
    expect(textOf('README.md').split('\n').length - 1).to.be.at.most(150);
  });
});

/** The paths of all files that npm would publish. */
async function packedFiles(): Promise<Set<string>> {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  return new Set(files.map(({ path }) => path));
}
