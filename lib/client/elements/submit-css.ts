/** The look of `<drs-job-submit>`. */

export const submitCss = `
.form { display: grid; gap: 0.875rem; padding: 1rem; }
.columns { display: grid; gap: 0.875rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); }
label { display: grid; gap: 0.25rem; align-content: start; min-width: 0; }
.name { font-weight: 600; font-size: 0.8125rem; }
.hint { color: var(--_drs-muted); font-size: 0.8125rem; }
.field, select { width: 100%; }
.code { font: 0.8125rem/1.25rem var(--_drs-mono); tab-size: 4; resize: vertical; white-space: pre; overflow: auto; }
.drop { display: grid; gap: 0.375rem; border-radius: 6px; }
.drop[data-over] { outline: 2px dashed var(--_drs-accent); outline-offset: 4px; }
.file { font: inherit; font-size: 0.8125rem; max-width: 100%; color: var(--_drs-muted); }
.file::file-selector-button { font: inherit; font-weight: 600; padding: 0.125rem 0.625rem; margin-inline-end: 0.5rem; cursor: pointer; color: var(--_drs-text); background: var(--_drs-surface); border: 1px solid var(--_drs-border); border-radius: 6px; }
.more .columns + .columns { margin-top: 0.875rem; }
[aria-invalid] { border-color: var(--_drs-bad); outline-color: var(--_drs-bad); }
summary { cursor: pointer; font-weight: 600; font-size: 0.8125rem; }
details[open] summary { margin-bottom: 0.625rem; }
.notice { border: 1px solid transparent; border-radius: 6px; } .notice ul { margin: 0.25rem 0 0; padding-inline-start: 1.25rem; }
.send {
  font: inherit; font-weight: 600; padding: 0.4375rem 1.25rem; cursor: pointer; border-radius: 6px;
  color: var(--_drs-background); background: var(--_drs-accent); border: 1px solid transparent;
}
.send:hover { filter: brightness(1.08); } .send:disabled { opacity: 0.6; cursor: progress; }
.send:focus-visible { outline-offset: 2px; }
.link { font: inherit; color: var(--_drs-accent); background: none; border: 0; padding: 0.25rem 0; margin-bottom: 0.375rem; cursor: pointer; }
.link:hover { text-decoration: underline; }
`;
