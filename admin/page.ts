/** Makes AdminJS's page fit for a host's site: no foreign fonts, and only the scripts that belong to it. */

import { randomBytes } from 'node:crypto';

/** A page and the policy that it is sent with. */
export interface Page {
  html: string;
  headers: Record<string, string>;
}

/**
 * Takes out the link to Google's fonts, and marks each script with a nonce, so that a script that somebody smuggles into
 * a name does not run. AdminJS's styles are written by its components, so styles stay open.
 */
export function hardenPage(html: string): Page {
  const nonce = randomBytes(16).toString('base64');
  return {
    html: html
      .replace(/<link [^>]*fonts\.googleapis\.com[^>]*>/g, '')
      .replace(/<script(?=[\s>])/g, `<script nonce="${nonce}"`),
    headers: {
      'content-security-policy': [
        `default-src 'self'`,
        `script-src 'self' 'nonce-${nonce}'`,
        `style-src 'self' 'unsafe-inline'`,
        `img-src 'self' data:`,
        `font-src 'self' data:`,
        `object-src 'none'`,
        `base-uri 'self'`,
        `form-action 'self'`,
        `frame-ancestors 'self'`,
      ].join('; '),
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
  };
}
