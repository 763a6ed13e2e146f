/** The look of `<drs-job-list>`. */

export const listCss = `
.filters { display: flex; flex-wrap: wrap; gap: 0.5rem; padding: 0.5rem 1rem; border-bottom: 1px solid var(--_drs-border); }
.filters > * { font-size: 0.8125rem; } .filters select { max-width: 14rem; }
.filters .field { flex: 1 1 6rem; min-width: 5rem; }
.more {
  display: block; width: 100%; padding: 0.5rem 1rem; font: inherit; font-size: 0.8125rem; font-weight: 600; cursor: pointer;
  color: var(--_drs-accent); background: none; border: 0; border-top: 1px solid var(--_drs-border);
}
.more:hover { background: color-mix(in srgb, var(--_drs-accent) 6%, transparent); }
.more:disabled { opacity: 0.6; cursor: progress; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.5625rem 1rem; text-align: start; vertical-align: middle; }
th { color: var(--_drs-muted); font-size: 0.8125rem; font-weight: 600; border-bottom: 1px solid var(--_drs-border); white-space: nowrap; background: var(--_drs-surface); }
td { border-top: 1px solid color-mix(in srgb, var(--_drs-border) 65%, transparent); }
tbody tr:first-child td { border-top: 0; }
tbody tr { cursor: pointer; }
tbody tr:hover { background: color-mix(in srgb, var(--_drs-accent) 6%, transparent); }
td.title { width: 60%; overflow-wrap: anywhere; }
td.title a { color: var(--_drs-text); font-weight: 600; text-decoration: none; unicode-bidi: isolate; }
tr:hover td.title a { color: var(--_drs-accent); text-decoration: underline; }
.number { color: var(--_drs-muted); font-size: 0.8125rem; margin-inline-start: 0.5rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
.server, .age { color: var(--_drs-muted); white-space: nowrap; font-variant-numeric: tabular-nums; }
.server { max-width: 14rem; overflow: hidden; text-overflow: ellipsis; unicode-bidi: isolate; }
.empty { margin: 0; padding: 2rem 1.25rem; text-align: center; color: var(--_drs-muted); }
.empty strong { display: block; color: var(--_drs-text); font-size: 1rem; margin-bottom: 0.25rem; }
@container (max-width: 34rem) {
  .filters .field { flex-basis: 100%; } .filters select { flex: 1; max-width: none; }
  table, tbody { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { display: grid; grid-template-columns: 1fr auto; gap: 0.125rem 0.75rem; padding: 0.6875rem 1rem; border-top: 1px solid color-mix(in srgb, var(--_drs-border) 65%, transparent); }
  tbody tr:first-child { border-top: 0; }
  td { display: block; padding: 0; border: 0; }
  td.title { width: auto; }
  td.server { font-size: 0.8125rem; } td.age { font-size: 0.8125rem; text-align: end; }
}
`;
