/** The code blocks of README.md, and of other documents. */

import { readFileSync } from 'node:fs';

/** A fenced block of code. */
export interface CodeBlock {
  language: string;
  /** What follows the language on the fence, such as `run`. */
  note: string;
  code: string;
  /** The heading above it. */
  heading: string;
}

/** All code blocks of a document of the package, in order. */
export function readmeBlocks(path = 'README.md'): CodeBlock[] {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const blocks: CodeBlock[] = [];
  let heading = '';
  for (const [, title, language = '', note = '', code = ''] of text.matchAll(
    /^#+ (.*)$|^```(\w*) ?(.*)\n([^]*?)^```$/gm,
  )) {
    if (title !== undefined) heading = title;
    else blocks.push({ language, note, code, heading });
  }
  return blocks;
}
