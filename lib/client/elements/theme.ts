/**
 * The look that the elements share. A page sets it by CSS variables on the element or above it:
 * `--drs-text`, `--drs-muted`, `--drs-background`, `--drs-surface` (behind output), `--drs-border`, `--drs-accent`,
 * `--drs-font`, `--drs-mono`, `--drs-radius`; and `color-scheme: light` or `dark` to hold one of the two.
 *
 * Within the elements these have names of their own, `--_drs-…`: a page that says `--drs-accent: var(--accent)` would make a
 * circle with an `--accent` of ours, and neither would have a value.
 */

export const themeCss = `
:host {
  color-scheme: light dark;
  display: block;
  container-type: inline-size;
  font: 0.875rem/1.5 var(--drs-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif);
  text-align: start;
  --_drs-text: var(--drs-text, light-dark(#1a2230, #e4e9f0));
  --_drs-muted: var(--drs-muted, light-dark(#566070, #98a3b3));
  --_drs-background: var(--drs-background, light-dark(#ffffff, #171c24));
  --_drs-surface: var(--drs-surface, light-dark(#f8f9fb, #0f131a));
  --_drs-border: var(--drs-border, light-dark(#d9dee6, #2c3542));
  --_drs-accent: var(--drs-accent, light-dark(#1d56c9, #82b1ff));
  --_drs-mono: var(--drs-mono, ui-monospace, "SF Mono", "Cascadia Code", "Source Code Pro", Menlo, Consolas, "DejaVu Sans Mono", monospace);
  --_drs-radius: var(--drs-radius, 8px);
  --_drs-good: light-dark(#1a6b34, #6fd58c);
  --_drs-bad: light-dark(#b3261e, #ff9087);
  --_drs-busy: light-dark(#1d56c9, #82b1ff);
  --_drs-idle: light-dark(#566070, #98a3b3);
  --_drs-waiting: light-dark(#7a5200, #e6b855);
  color: var(--_drs-text);
}
:host([hidden]), [hidden] { display: none !important; }
*, *::before, *::after { box-sizing: border-box; }
.frame {
  background: var(--_drs-background);
  border: 1px solid var(--_drs-border);
  border-radius: var(--_drs-radius);
  overflow: hidden;
}
a { color: var(--_drs-accent); text-underline-offset: 0.15em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid var(--_drs-accent); outline-offset: -2px; border-radius: 3px; }
select, .field {
  font: inherit; min-height: 1.875rem; padding: 0.25rem 0.5rem; color: var(--_drs-text); background: var(--_drs-surface);
  border: 1px solid var(--_drs-border); border-radius: 6px; min-width: 0;
}
::placeholder { color: var(--_drs-muted); opacity: 1; }
.unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.badge {
  --_drs-tone: var(--_drs-idle);
  display: inline-flex; align-items: center; gap: 0.375em; flex: none;
  padding: 0.0625rem 0.5625rem 0.0625rem 0.4375rem;
  border: 1px solid color-mix(in srgb, var(--_drs-tone) 38%, transparent);
  border-radius: 999px;
  background: color-mix(in srgb, var(--_drs-tone) 9%, transparent);
  color: var(--_drs-tone);
  font-size: 0.8125rem; font-weight: 600; line-height: 1.375rem; white-space: nowrap;
}
.badge svg { width: 1rem; height: 1rem; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.badge[data-status="submitted"] { --_drs-tone: var(--_drs-waiting); }
.badge[data-status="running"] { --_drs-tone: var(--_drs-busy); }
.badge[data-status="success"] { --_drs-tone: var(--_drs-good); }
.badge[data-status="failure"] { --_drs-tone: var(--_drs-bad); }
.badge[data-status="initial"] svg { stroke-dasharray: 2.2 2.2; }
.badge[data-status="running"] svg { animation: turn 1.2s steps(8) infinite; }
@keyframes turn { to { transform: rotate(360deg); } }
@media (prefers-reduced-motion: reduce) { .badge svg { animation: none !important; } }
@media (forced-colors: active) { .badge { border-color: CanvasText; color: CanvasText; } }
.notice { margin: 0; padding: 0.625rem 1rem; border-bottom: 1px solid var(--_drs-border); overflow-wrap: anywhere; }
.notice:not(:has(~ :not([hidden], .unseen))) { border-bottom: 0; }
.notice[data-tone="bad"] { color: var(--_drs-bad); background: color-mix(in srgb, var(--_drs-bad) 7%, transparent); }
.notice[data-tone="waiting"] { color: var(--_drs-waiting); background: color-mix(in srgb, var(--_drs-waiting) 8%, transparent); }
`;
