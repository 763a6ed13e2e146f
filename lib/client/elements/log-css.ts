/** The look of `<drs-job-log>`. The 16 colours are chosen to be read on `--surface`, light and dark (WCAG AA). */

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
.header { display: grid; gap: 0.125rem; padding: 0.75rem 1rem; border-bottom: 1px solid var(--border); }
.heading { display: flex; align-items: flex-start; justify-content: space-between; gap: 0.75rem; }
.title { font-size: 1rem; font-weight: 650; line-height: 1.5rem; overflow-wrap: anywhere; min-width: 0; unicode-bidi: isolate; }
.meta { color: var(--muted); font-size: 0.8125rem; display: flex; flex-wrap: wrap; column-gap: 0.5rem; font-variant-numeric: tabular-nums; }
.meta span:not(:last-child)::after { content: "·"; margin-inline-start: 0.5rem; }
.viewport { position: relative; background: var(--surface); }
.scroller {
  overflow: auto; overflow-anchor: none; overscroll-behavior-y: auto;
  min-height: var(--drs-log-min-height, 6rem); max-height: var(--drs-log-height, min(70vh, 34rem));
  direction: ltr; padding-block: 0.5rem;
}
.spacer {
  position: relative; overflow-x: visible; overflow-y: clip;
  font: 0.8125rem/1.25rem var(--mono); font-variant-ligatures: none; tab-size: 8;
  width: max(100%, calc(var(--columns, 0) * 1ch + var(--digits, 3) * 1ch + 7rem));
}
.rows {
  position: absolute; inset-block-start: 0; inset-inline-start: 0; min-width: 100%; width: max-content;
  will-change: transform;
}
.row { display: flex; height: 1.25rem; white-space: pre; contain: layout paint style; }
.row:hover { background: color-mix(in srgb, var(--text) 5%, transparent); }
.gutter {
  position: sticky; inset-inline-start: 0; z-index: 1; flex: none; display: flex; justify-content: flex-end; gap: 0.25rem;
  width: calc(var(--digits, 3) * 1ch + 3.75rem); padding-inline: 0.75rem 0.625rem; margin-inline-end: 0.25rem;
  background: var(--surface); color: var(--muted); user-select: none; -webkit-user-select: none;
  border-inline-end: 2px solid transparent;
}
.mark { flex: 1; font-size: 0.6875rem; font-weight: 700; letter-spacing: 0.02em; color: var(--bad); }
.row[data-stream="stderr"] .gutter { border-inline-end-color: var(--bad); }
.text { unicode-bidi: isolate; padding-inline: 0.5rem 1rem; min-width: 0; }
.bold { font-weight: 700; } .dim { opacity: 0.72; } .italic { font-style: italic; }
.underline { text-decoration-line: underline; } .strike { text-decoration-line: line-through; }
.underline.strike { text-decoration-line: underline line-through; }
.inverse { color: var(--surface); background: var(--text); }
.own { color: var(--own); }
@supports (color: oklch(from red l c h)) and (color: light-dark(red, red)) {
  .own { color: light-dark(oklch(from var(--own) clamp(0, l, 0.53) c h), oklch(from var(--own) clamp(0.68, l, 1) c h)); }
}
.empty { position: absolute; inset: 0; display: grid; place-content: center; margin: 0; padding: 1rem; color: var(--muted); text-align: center; pointer-events: none; }
.follow {
  position: absolute; inset-block-end: 0.875rem; inset-inline-end: 1.5rem; z-index: 2;
  font: inherit; font-weight: 600; font-size: 0.8125rem; padding: 0.375rem 0.875rem; cursor: pointer;
  color: var(--background); background: var(--accent); border: 1px solid transparent; border-radius: 999px;
  box-shadow: 0 2px 8px rgb(0 0 0 / 0.28);
}
.follow:hover { filter: brightness(1.08); }
.follow:focus-visible { outline-offset: 2px; border-radius: 999px; }
.results { padding: 0.75rem 1rem; border-top: 1px solid var(--border); }
.results h3 { margin: 0; font-size: 0.875rem; font-weight: 650; display: inline; }
.results ul { list-style: none; margin: 0.5rem 0 0; padding: 0; max-height: 15rem; overflow: auto; }
.results li { display: flex; justify-content: space-between; gap: 1rem; padding: 0.1875rem 0; }
.results li + li { border-top: 1px solid color-mix(in srgb, var(--border) 60%, transparent); }
.results li a { overflow-wrap: anywhere; unicode-bidi: isolate; }
.size { color: var(--muted); white-space: nowrap; font-variant-numeric: tabular-nums; }
.links { display: flex; flex-wrap: wrap; gap: 0.125rem 1rem; align-items: baseline; }
.raw { color: var(--muted); font-size: 0.8125rem; padding: 0.5rem 1rem; border-top: 1px solid var(--border); display: flex; gap: 0.25rem 0.875rem; flex-wrap: wrap; }
@container (max-width: 30rem) {
  .gutter { width: calc(var(--digits, 3) * 1ch + 2.75rem); padding-inline: 0.5rem 0.375rem; }
  .spacer { font-size: 0.75rem; }
}
${paletteCss}
`;
