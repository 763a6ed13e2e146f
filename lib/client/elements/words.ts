/** What the elements say about refusals. */

import type { DrsClientError } from '../client-error.js';

/** A refusal in words for the one who looks at the page. */
export function refusalWords(error: DrsClientError, what: string): string {
  if (error.status === 401) return `Sign in to see ${what}, then reload this page.`;
  if (error.status === 403) return `You may not see ${what}.`;
  if (error.status === 404) return `${capital(what)} was not found here, or it belongs to somebody else.`;
  if (error.code === 'bad_answer') return `${error.message} The attribute “base” sets it.`;
  return `${capital(what)} cannot be shown: ${error.message}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
