/** The documents of the package: their blocks of code, their links and what can be linked to. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Paths of all of them, from the package's folder. */
export const documents = [...documentsIn('.'), ...documentsIn('docs')];

/** A fenced block of code. */
export interface CodeBlock {
  language: string;
  /** What follows the language on the fence: `run`. */
  note: string;
  code: string;
  /** Document and heading above it. */
  title: string;
}

/** A link, or a picture. */
export interface Link {
  /** The document that it stands in. */
  from: string;
  /** What it leads to within the package, from its folder; null: an address elsewhere. */
  path: string | null;
  /** Of that document; empty: its beginning. */
  anchor: string;
}

const fence = /^```(\w*) ?(.*)\n([^]*?)^```$/gm;

export function textOf(document: string): string {
  return readFileSync(join(root, document), 'utf8');
}

/** All code blocks of a document, in order. */
export function blocksOf(document: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let heading = '';
  for (const [, title, language = '', note = '', code = ''] of textOf(document).matchAll(
    new RegExp(`^#+ (.*)$|${fence.source}`, 'gm'),
  )) {
    if (title !== undefined) heading = title;
    else blocks.push({ language, note, code, title: `${document}, ${heading}` });
  }
  return blocks;
}

/** What a document leads to. */
export function linksOf(document: string): Link[] {
  const found = prose(document).matchAll(/\]\(([^()\s]+)\)/g);
  return [...found].map(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return { from: document, path: null, anchor: '' };
    const [path = '', anchor = ''] = target.split('#');
    const inside = path === '' ? document : normalize(join(dirname(document), path));
    return { from: document, path: inside, anchor };
  });
}

/** The anchors of a document's headings, as GitHub and npm make them. */
export function anchorsOf(document: string): Set<string> {
  const headings = prose(document).matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/ /g, '-'),
    ),
  );
}

/** The cells of the first column of the table that has this heading, without their quotes. */
export function firstColumn(document: string, heading: string): string[] {
  const lines = textOf(document).split('\n');
  const from = lines.findIndex((line) => cellsOf(line)[0] === heading);
  const rows = lines.slice(from + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end).map((line) => cellsOf(line)[0] ?? '');
}

/** What stands between quotes of code. */
export function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** Without code, whose brackets are no links. */
function prose(document: string): string {
  return textOf(document)
    .replace(fence, '')
    .replace(/^(#+ .*)$|`[^`\n]*`/gm, (_match, heading: string | undefined) => heading ?? '');
}

function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1)
    .map((cell) => cell.trim());
}

function documentsIn(folder: string): string[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith('.md'));
  return names.sort().map((name) => normalize(join(folder, name)));
}
