/** What the pages of these tests have in common. */

export const head =
  '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
  '<link rel="stylesheet" href="/page.css"><script type="module" src="/drs/client.js"></script>';

/** Strict: nothing inline, nothing from elsewhere, and no markup from text. */
export const strictPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');
