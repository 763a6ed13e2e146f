/** The pages' templates: plain HTML with `{{name}}` in it. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TextAnswer } from './answer.js';
import { packageFile } from '../package-files.js';

/** Nothing from elsewhere, and no script or style inside a page: what a job prints cannot run. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** A page from `views/`, with its values filled in as text. */
export async function page(
  view: string,
  values: Readonly<Record<string, string | number>>,
  status = 200,
): Promise<TextAnswer> {
  const template = await readFile(packageFile(join('views', view)), 'utf8');
  return {
    kind: 'text',
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': contentSecurityPolicy,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'same-origin',
    },
    text: render(template, values),
  };
}

/** Fills in `{{name}}`, escaped for HTML text and quoted attributes. @throws Error for a name without a value */
export function render(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{\{\s*(\w+)\s*\}\}/g, (_match, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`The template asks for ${name}, which has no value.`);
    return escape(String(value));
  });
}

/** The way from a page back to the mount, so that pages work behind a proxy that cuts the path. */
export function wayToMount(path: string): string {
  return '../'.repeat(path.split('/').length - 2) || './';
}

function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
