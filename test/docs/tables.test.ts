import { expect } from 'chai';
import { resolveAdminOptions } from '../../admin/admin-options.js';
import { resourceId } from '../../admin/resources/ids.js';
import { actions } from '../../lib/access.js';
import { createProgram } from '../../lib/cli/program.js';
import { routes } from '../../lib/http/routes.js';
import { defaultLimits } from '../../lib/limits.js';
import { optionsSchema } from '../../lib/options-schema.js';
import { failureReasons } from '../../lib/protocol/job-status.js';
import { jobBody } from '../../lib/protocol/schemas/job-schemas.js';
import { serverBody } from '../../lib/protocol/schemas/server-schemas.js';
import { submitBody } from '../../lib/protocol/schemas/submit-schema.js';
import { documents, firstColumn, quoted, textOf } from './documents.js';

/** What the first column of a table names. */
const namesIn = (document: string, heading: string): string[] =>
  firstColumn(document, heading).flatMap(quoted);

describe('the tables of the documents', () => {
  it('name each option', () => {
    expect(namesIn('docs/options.md', 'option')).to.have.members(Object.keys(optionsSchema.shape));
  });

  it('name each limit', () => {
    expect(namesIn('docs/options.md', 'of `limits`')).to.have.members(Object.keys(defaultLimits));
  });

  it('name each right', () => {
    expect(namesIn('docs/options.md', 'action')).to.have.members(actions);
  });

  it('name each option of the panel, and each resource', () => {
    expect(namesIn('docs/panel.md', 'option')).to.include.members(Object.keys(resolveAdminOptions()));
    for (const id of Object.values(resourceId)) expect(textOf('docs/panel.md')).to.include(`\`${id}\``);
  });

  it('name each route', () => {
    const served = routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(namesIn('docs/rest.md', 'route')).to.have.members(served);
  });

  it('name what each route takes in its query', () => {
    const words = new Set(quoted(textOf('docs/rest.md')).flatMap((code) => code.split(/\W+/)));
    const queries = routes.flatMap(({ query }) => Object.keys(query?.shape ?? {}));
    expect(queries.filter((name) => !words.has(name))).to.deep.equal([]);
  });

  it('name each field of a job, of a server and of a submit', () => {
    const fields = namesIn('docs/rest.md', 'field');
    expect(fields).to.include.members(Object.keys(jobBody.shape));
    expect(textOf('docs/rest.md')).to.satisfy((text: string) =>
      Object.keys(serverBody.shape).every((name) => text.includes(`\`${name}\``)),
    );
    expect(namesIn('docs/code.md', 'of a submit')).to.have.members([
      ...Object.keys(submitBody.shape),
      'as',
      'by',
    ]);
  });

  it('name each reason of a failure', () => {
    expect(namesIn('docs/reliability.md', '`failureReason`')).to.have.members(failureReasons);
  });

  it('name each option of `drs submit`', async () => {
    const options = new Set((await help('submit')).match(/(?<=^ {2}.*)--[a-z-]+(?=.* {2})/gm));
    options.delete('--help');
    expect(namesIn('docs/command.md', 'of `submit`')).to.have.members([...options]);
  });

  it('name each command, and only options that it has', async () => {
    const commands = commandsIn(await help());
    const described = namesIn('docs/command.md', 'command').map((code) => code.split(' ')[1]);
    expect(described).to.have.members(commands);
    for (const command of commands) {
      const known = new Set((await help(command)).match(/--[a-z-]+/g));
      const unknown = optionsSaidOf(command).filter((option) => !known.has(option));
      expect(unknown, command).to.deep.equal([]);
    }
  });
});

/** What the command prints about itself. */
async function help(...command: string[]): Promise<string> {
  const write = process.stdout.write.bind(process.stdout);
  let printed = '';
  process.stdout.write = (piece: string | Uint8Array): boolean => {
    printed += String(piece);
    return true;
  };
  try {
    await createProgram().run([...command, '--help']);
  } finally {
    process.stdout.write = write;
  }
  return printed;
}

function commandsIn(text: string): string[] {
  const [, list = ''] = /^Commands:\n([^]*?)\n\n/m.exec(text) ?? [];
  return [...list.matchAll(/^ {2}(\S+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
}

/** In `drs submit … --follow`, wherever it stands. */
function optionsSaidOf(command: string): string[] {
  const said = documents.flatMap((path) => [...textOf(path).matchAll(/\bdrs [a-z-]+ [^`\n#|]*/g)]);
  const own = said.map(([words]) => words).filter((words) => words.split(' ')[1] === command);
  return own.flatMap((words) => words.match(/--[a-z-]+/g) ?? []);
}
