// Bundles the React components of the panel into one script, at publish: AdminJS would do it at each start, and write
// into the working directory. `node admin/bundle.mjs [directory]`, or bundleAdmin(directory) from the build.

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const components = fileURLToPath(new URL('./components/', import.meta.url));

/** What AdminJS's own scripts put on the page, by the name that components import. */
const pageModules = {
  react: 'module.exports = React;',
  'react/jsx-runtime': `
    const jsx = (type, props, key) => React.createElement(type, key === undefined ? props : { ...props, key });
    module.exports = { jsx, jsxs: jsx, Fragment: React.Fragment };`,
  'react-redux': 'module.exports = ReactRedux;',
  'react-router': 'module.exports = ReactRouter;',
  'react-router-dom': 'module.exports = ReactRouterDOM;',
  adminjs: 'module.exports = AdminJS;',
  '@adminjs/design-system': 'module.exports = AdminJSDesignSystem;',
};

/** Writes `components.bundle.js` into `outDir`, which is made if it is missing. */
export async function bundleAdmin(outDir) {
  await mkdir(outDir, { recursive: true });
  const own = await filesIn('.');
  const overrides = await filesIn('overrides');
  const result = await build({
    stdin: { contents: entry(own, overrides), resolveDir: components, loader: 'ts' },
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    plugins: [fromPage()],
  });
  await writeFile(join(outDir, 'components.bundle.js'), result.outputFiles[0].contents);
}

async function filesIn(directory) {
  const names = await readdir(join(components, directory));
  return names.filter((name) => name.endsWith('.tsx')).sort();
}

/**
 * Each file is one component, by its default export: `job-page.tsx` is known as `DrsJobPage`, and
 * `overrides/property-description.tsx` stands in for AdminJS's own `PropertyDescription`.
 */
function entry(own, overrides) {
  const all = [
    ...own.map((file) => ({ name: `Drs${pascalCase(file)}`, path: `./${file}` })),
    ...overrides.map((file) => ({ name: pascalCase(file), path: `./overrides/${file}` })),
  ];
  const imports = all.map(({ name, path }) => `import ${name} from '${path}';`);
  return `${imports.join('\n')}\nAdminJS.UserComponents = { ${all.map(({ name }) => name).join(', ')} };`;
}

function pascalCase(file) {
  return `-${file.replace(/\.tsx$/, '')}`.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

function fromPage() {
  const filter = new RegExp(`^(${Object.keys(pageModules).join('|')})$`);
  return {
    name: 'from-page',
    setup(esbuild) {
      esbuild.onResolve({ filter }, ({ path }) => ({ path, namespace: 'from-page' }));
      esbuild.onLoad({ filter: /.*/, namespace: 'from-page' }, ({ path }) => ({
        contents: pageModules[path],
      }));
    },
  };
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await bundleAdmin(resolve(process.argv[2] ?? '.cache/admin'));
}
