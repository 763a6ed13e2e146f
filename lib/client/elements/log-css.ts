/** The look of `<drs-job-log>`. The 16 colours are chosen to be read on `--drs-surface`, light and dark (WCAG AA). */

const palette = [
  ['#1c2330', '#8b95a3'],
  ['#b42318', '#ff8078'],
  ['#1c6b2c', '#63d07e'],
  ['#7a5200', '#e3b341'],
  ['#1d4ed8', '#7cb0ff'],
  ['#8a2cb0', '#d3a1ff'],
  ['#0b6a75', '#56cfd8'],
  ['#5b6472', '#c9d1d9'],
  ['#5b6472', '#98a3b3'],
  ['#c4281c', '#ffa198'],
  ['#1f7536', '#84e296'],
  ['#855800', '#f5d06b'],
  ['#2460dd', '#a5c8ff'],
  ['#9a36c0', '#e5c2ff'],
  ['#0d727e', '#8ae3ea'],
  ['#111827', '#f7fafc'],
] as const;

const paletteCss = palette
  .map(
    ([light, dark], index) =>
      `.c${index} { color: var(--drs-colour-${index}, light-dark(${light}, ${dark})); }`,
  )
  .join('\n');

export const logCss = `
.header { display: grid; gap: 0.125rem; padding: 0.75rem 1rem; border-bottom: 1px solid var(--_drs-border); }
.heading { display: flex; flex-wrap: wrap; align-items: flex-start; justify-content: space-between; gap: 0.25rem 0.75rem; }
.state { display: flex; flex-wrap: wrap; justify-content: flex-end; align-items: center; gap: 0.375rem 0.5rem; margin-inline-start: auto; }
.action {
  font: inherit; font-size: 0.8125rem; font-weight: 600; line-height: 1.375rem; padding: 0.0625rem 0.75rem; cursor: pointer;
  color: var(--_drs-text); background: var(--_drs-surface); border: 1px solid var(--_drs-border); border-radius: 6px;
}
.action:hover { border-color: var(--_drs-accent); color: var(--_drs-accent); }
.action[data-sure] { color: var(--_drs-background); background: var(--_drs-bad); border-color: var(--_drs-bad); }
.action:disabled { opacity: 0.6; cursor: progress; }
.title { font-size: 1rem; font-weight: 650; line-height: 1.5rem; overflow-wrap: anywhere; flex: 1 1 12rem; min-width: 0; unicode-bidi: isolate; }
.meta { color: var(--_drs-muted); font-size: 0.8125rem; display: flex; flex-wrap: wrap; margin-inline-start: -1rem; clip-path: inset(0 0 0 1rem); font-variant-numeric: tabular-nums; }
.meta:dir(rtl) { clip-path: inset(0 1rem 0 0); }
.meta span { max-width: 100%; padding-inline-start: 1rem; overflow-wrap: anywhere; }
.meta span::before { content: "·"; display: inline-block; width: 1rem; margin-inline-start: -1rem; text-align: center; }
.toolbar { display: flex; align-items: center; gap: 0.5rem; padding: 0.3125rem 0.5rem; border-bottom: 1px solid var(--_drs-border); }
.finder { display: flex; flex: 1; align-items: center; gap: 0.25rem; min-width: 0; }
.search {
  flex: 1 1 8rem; min-width: 4rem; max-width: 22rem; height: 1.875rem; margin: 0; padding: 0 0.625rem; font: inherit; font-size: 0.8125rem;
  color: var(--_drs-text); background: var(--_drs-surface); border: 1px solid var(--_drs-border); border-radius: 6px; text-overflow: ellipsis;
}
.hits, .tools { display: flex; align-items: center; gap: 0.125rem; flex: none; }
.count, .note { color: var(--_drs-muted); font-size: 0.8125rem; padding-inline: 0.25rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
.note:empty { display: none; }
.tool {
  display: inline-grid; place-content: center; width: 1.875rem; height: 1.875rem; padding: 0; cursor: pointer;
  color: var(--_drs-muted); background: none; border: 1px solid transparent; border-radius: 6px;
}
.tool svg { width: 1rem; height: 1rem; fill: none; stroke: currentColor; stroke-width: 1.4; stroke-linecap: round; stroke-linejoin: round; }
.tool:hover { color: var(--_drs-text); background: color-mix(in srgb, var(--_drs-text) 7%, transparent); }
.tool:disabled { opacity: 0.45; cursor: default; background: none; }
.tool[aria-pressed="true"] { color: var(--_drs-accent); border-color: color-mix(in srgb, var(--_drs-accent) 45%, transparent); background: color-mix(in srgb, var(--_drs-accent) 10%, transparent); }
:host(:fullscreen) { background: var(--_drs-background); }
:host(:fullscreen) .frame { display: flex; flex-direction: column; height: 100%; border: 0; border-radius: 0; }
:host(:fullscreen) .viewport { flex: 1; min-height: 0; }
:host(:fullscreen) .scroller { height: 100%; max-height: none; }
:host(:fullscreen) :is(.header, .toolbar, .notice, .results, .raw) { flex: none; }
.viewport { position: relative; background: var(--_drs-surface); }
.scroller {
  overflow: auto; overflow-anchor: none; overscroll-behavior-y: auto;
  min-height: var(--drs-log-min-height, 6rem); max-height: var(--drs-log-height, min(70vh, 34rem));
  direction: ltr; padding-block: 0.5rem;
}
.spacer {
  position: relative; overflow-x: visible; overflow-y: clip;
  font: 0.8125rem/1.25rem var(--_drs-mono); font-variant-ligatures: none; tab-size: 8;
  width: max(100%, calc(var(--_drs-columns, 0) * 1ch + var(--_drs-digits, 3) * 1ch + 7rem));
}
.rows {
  position: absolute; inset-block-start: 0; inset-inline-start: 0; min-width: 100%; width: max-content;
  will-change: transform;
}
.row, .probe { display: flex; white-space: pre; }
.row { height: 1.25rem; contain: layout paint style; }
.row[data-missing] .text { color: var(--_drs-muted); }
.loading {
  position: absolute; inset-block-end: 0.875rem; inset-inline-start: 1rem; z-index: 2; max-width: calc(100% - 9rem);
  display: flex; align-items: center; gap: 0.75rem; padding: 0.25rem 0.75rem; font-size: 0.8125rem;
  color: var(--_drs-muted); background: var(--_drs-background); border: 1px solid var(--_drs-border); border-radius: 6px;
}
.load { font: inherit; flex: none; padding: 0 0.5rem; cursor: pointer; color: var(--_drs-accent); background: none; border: 1px solid var(--_drs-border); border-radius: 4px; }
.row[data-selected] { background: color-mix(in srgb, var(--_drs-waiting) 18%, transparent); }
.row[data-selected] .gutter { background: color-mix(in srgb, var(--_drs-waiting) 22%, var(--_drs-surface)); color: var(--_drs-text); }
.probe { position: absolute; inset-inline: 0; height: 0; overflow: hidden; visibility: hidden; }
.room { flex: 1; min-width: 0; margin-inline: 0.5rem 1rem; overflow: hidden; }
.ruler { display: inline-block; }
.spacer[data-wrap], .spacer[data-wrap] .rows { width: 100%; }
.spacer[data-wrap] .row { height: auto; min-height: 1.25rem; white-space: break-spaces; }
.spacer[data-wrap] .text { flex: 1; word-break: break-all; line-break: anywhere; }
.time { flex: none; width: 13ch; padding-inline-start: 0.375rem; color: var(--_drs-muted); user-select: none; -webkit-user-select: none; }
.spacer:not([data-times]) .probe .time { display: none; }
.row .unseen { user-select: none; -webkit-user-select: none; }
a.number { color: inherit; text-decoration: none; }
a.number:hover { color: var(--_drs-accent); text-decoration: underline; }
mark { color: inherit; background: light-dark(#ffe58a, #6b5200); border-radius: 2px; }
mark[data-current] { background: light-dark(#ffb454, #b86e00); outline: 2px solid light-dark(#b85c00, #ffc266); }
mark * { color: inherit !important; background: none !important; }
.row:hover { background: color-mix(in srgb, var(--_drs-text) 5%, transparent); }
.gutter {
  position: sticky; inset-inline-start: 0; z-index: 1; flex: none; display: flex; justify-content: flex-end; gap: 0.25rem;
  width: calc(var(--_drs-digits, 3) * 1ch + 3.75rem); padding-inline: 0.75rem 0.625rem; margin-inline-end: 0.25rem;
  background: var(--_drs-surface); color: var(--_drs-muted); user-select: none; -webkit-user-select: none;
  border-inline-end: 2px solid transparent;
}
.mark { flex: 1; font-size: 0.6875rem; font-weight: 700; letter-spacing: 0.02em; color: var(--_drs-bad); }
.row[data-stream="stderr"] .gutter { border-inline-end-color: var(--_drs-bad); }
.text { unicode-bidi: isolate; padding-inline: 0.5rem 1rem; min-width: 0; }
.bold { font-weight: 700; } .dim { opacity: 0.72; } .italic { font-style: italic; }
.underline { text-decoration-line: underline; } .strike { text-decoration-line: line-through; }
.underline.strike { text-decoration-line: underline line-through; }
.inverse { color: var(--_drs-surface); background: var(--_drs-text); }
.own { color: var(--_drs-own); }
@supports (color: oklch(from red l c h)) and (color: light-dark(red, red)) {
  .own { color: light-dark(oklch(from var(--_drs-own) clamp(0, l, 0.53) c h), oklch(from var(--_drs-own) clamp(0.68, l, 1) c h)); }
}
.empty { position: absolute; inset: 0; display: grid; place-content: center; margin: 0; padding: 1rem; color: var(--_drs-muted); text-align: center; pointer-events: none; }
.follow {
  position: absolute; inset-block-end: 0.875rem; inset-inline-end: 1.5rem; z-index: 2;
  font: inherit; font-weight: 600; font-size: 0.8125rem; padding: 0.375rem 0.875rem; cursor: pointer;
  color: var(--_drs-background); background: var(--_drs-accent); border: 1px solid transparent; border-radius: 999px;
  box-shadow: 0 2px 8px rgb(0 0 0 / 0.28);
}
.follow:hover { filter: brightness(1.08); }
.follow:focus-visible { outline-offset: 2px; border-radius: 999px; }
.results { position: relative; display: flex; align-items: baseline; gap: 1rem; padding: 0.375rem 1rem; font-size: 0.8125rem; border-bottom: 1px solid var(--_drs-border); }
.results details { flex: 1; min-width: 0; }
.results > a:last-child { position: absolute; inset-block-start: 0.375rem; inset-inline-end: 1rem; }
.results summary { cursor: pointer; width: fit-content; }
.results h3 { margin: 0 0.5rem 0 0.25rem; font-size: inherit; font-weight: 650; display: inline; }
.results > h3 { margin-inline: 0; white-space: nowrap; }
.results ul { list-style: none; margin: 0.375rem 0 0; padding: 0; max-height: 15rem; overflow: auto; }
.results li { display: flex; justify-content: space-between; gap: 1rem; padding: 0.1875rem 0; }
.results li + li { border-top: 1px solid color-mix(in srgb, var(--_drs-border) 60%, transparent); }
.results a { overflow-wrap: anywhere; unicode-bidi: isolate; }
.size { color: var(--_drs-muted); white-space: nowrap; font-variant-numeric: tabular-nums; }
.raw { color: var(--_drs-muted); font-size: 0.8125rem; padding: 0.5rem 1rem; border-top: 1px solid var(--_drs-border); display: flex; gap: 0.25rem 0.875rem; flex-wrap: wrap; }
@container (max-width: 30rem) {
  .search { padding-inline: 0.5rem; } .toolbar { gap: 0.25rem; } .tool { width: 1.75rem; } .time { width: 12.5ch; }
  .toolbar:has(.hits:not([hidden])) { flex-wrap: wrap; } .toolbar:has(.hits:not([hidden])) .finder { flex-basis: 100%; }
  .gutter { width: calc(var(--_drs-digits, 3) * 1ch + 2.75rem); padding-inline: 0.5rem 0.375rem; }
  .spacer { font-size: 0.75rem; }
}
@media (forced-colors: active) {
  .row[data-stream="stdout"] .gutter { border-inline-end-color: Canvas; }
  .tool[aria-pressed="true"], .action[data-sure] { forced-color-adjust: none; border-color: Highlight; background: Highlight; color: HighlightText; }
  .row[data-selected] { outline: 2px solid Highlight; outline-offset: -2px; }
  mark[data-current] { forced-color-adjust: none; background: Highlight; color: HighlightText; outline-color: Highlight; }
}
${paletteCss}
`;
