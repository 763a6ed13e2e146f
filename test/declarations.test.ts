import { expect } from 'chai';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Types that only those have who work on the package. */
const hidden = ['ssh2', 'pg', 'tar-stream', 'yazl', 'content-disposition'].map(
  (name) => `/node_modules/@types/${name}`,
);

const consumer = `
import { createRemoteSubmission, direct, type FileStorage } from 'express-remote-submission';
import { connectDrs } from 'express-remote-submission/client';
import { startEmbedded } from 'express-remote-submission/embedded';
import { fileStorageContract, memoryStorage, startSshServer } from 'express-remote-submission/testing';

const storage: FileStorage = memoryStorage();
export const drs = createRemoteSubmission({ storage, schedulers: { direct: direct() } });
export const server = await startSshServer({ users: [{ username: 'ann', password: 'secret' }] });
export const port: number = server.port;
export const health = await connectDrs('http://127.0.0.1/drs').health();
export const embedded = await startEmbedded();
fileStorageContract('mine', async () => storage);
`;

describe('the declarations of the package', () => {
  it('are whole for a strict project that checks them, with no types but those it installs', async () => {
    // Within the package, so that its own name leads to dist/ as it would in a project that has installed it.
    await mkdir(join(root, '.cache'), { recursive: true });
    const folder = await mkdtemp(join(root, '.cache', 'declarations-'));
    try {
      const file = join(folder, 'consumer.mts');
      await writeFile(file, consumer);
      expect(problemsOf(file)).to.deep.equal([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

function problemsOf(file: string): string[] {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  };
  const program = ts.createProgram([file], options, hostWithoutHidden(options));
  return ts.getPreEmitDiagnostics(program).map(({ file: where, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    return `${where?.fileName.replace(root, '') ?? ''}: ${text}`;
  });
}

function hostWithoutHidden(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const isHidden = (path: string) => hidden.some((folder) => path.includes(folder));
  return {
    ...host,
    fileExists: (path) => !isHidden(path) && host.fileExists(path),
    directoryExists: (path) => !isHidden(path) && host.directoryExists?.(path) === true,
  };
}
