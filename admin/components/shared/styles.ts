/** The styles of the panel's components. They come with the script, so that a host's own AdminJS shows them alike. */

const styles = `
.drs-status { display: inline-block; padding: 3px 10px; border-radius: 12px; font-size: 12px; line-height: 1.4; font-weight: 600;
  white-space: nowrap; background: #e6e9ee; color: #3a4352; }
.drs-status[data-status="submitted"] { background: #fdf0d0; color: #6b4700; }
.drs-status[data-status="running"] { background: #dde7ff; color: #1d3fa8; }
.drs-status[data-status="success"] { background: #d8f3e1; color: #0b5c30; }
.drs-status[data-status="failure"] { background: #fde0dd; color: #97160d; }
/* The design system has a font of its own for text areas. */
.drs-code, textarea.drs-code { font: 13px/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; tab-size: 4; }
pre.drs-code { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; padding: 12px; border-radius: 4px;
  background: #f6f8fa; border: 1px solid #d8dee4; max-height: 420px; overflow: auto; }
.drs-nowrap { white-space: nowrap; }
.drs-columns { display: grid; gap: 24px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); align-items: start; }
/* Two numbers beside each other on a phone. */
.drs-numbers { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); }
.drs-card { background: #fff; border: 1px solid #e3e6ec; border-radius: 8px; padding: 20px; min-width: 0; }
.drs-card h3 { font-size: 16px; font-weight: 600; line-height: 1.4; margin-bottom: 12px; }
.drs-number { font-size: 32px; font-weight: 600; line-height: 1.2; }
.drs-muted { color: #5b6472; font-size: 14px; line-height: 1.5; }
.drs-rows { list-style: none; margin: 0; padding: 0; }
.drs-rows > li { padding: 10px 0; border-top: 1px solid #eef0f4; line-height: 1.5; overflow-wrap: anywhere; }
.drs-rows > li:first-child { border-top: 0; }
.drs-card .drs-rows > li:first-child { padding-top: 0; }
.drs-card .drs-rows > li:last-child { padding-bottom: 0; }
.drs-rows strong { font-weight: 600; margin-right: 4px; }
.drs-rows a, .drs-link { color: #2a4bbd; }
.drs-facts { display: grid; grid-template-columns: minmax(110px, max-content) 1fr; gap: 8px 20px; line-height: 1.5; }
@media (min-width: 1200px) { .drs-facts-wide { grid-template-columns: minmax(110px, max-content) 1fr minmax(110px, max-content) 1fr; } }
.drs-facts dt { color: #5b6472; }
.drs-title { font-size: 20px; font-weight: 600; line-height: 1.4; margin-bottom: 16px; overflow-wrap: anywhere; }
.drs-facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.drs-checks label { display: flex; gap: 10px; align-items: flex-start; padding: 6px 0; line-height: 1.4; cursor: pointer; }
.drs-help { color: #5b6472; font-size: 13px; line-height: 1.45; margin-top: 4px; }
.drs-stack > * + * { margin-top: 20px; }
.drs-buttons { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; }
/* Green, red and grey stay apart for eyes that do not see red: they differ in lightness too. */
.drs-bar { fill: #9aa3b2; }
.drs-bar[data-status="success"] { fill: #1f8a4c; }
.drs-bar[data-status="failure"] { fill: #e0503f; }
.drs-bar-space { fill: transparent; }
g:hover > .drs-bar-space { fill: #eef0f4; }
.drs-legend { list-style: none; margin: 0 0 12px; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 20px; }
.drs-legend li { display: flex; align-items: center; gap: 6px; }
.drs-plot { display: grid; grid-template-columns: max-content 1fr; column-gap: 8px; }
.drs-plot > svg { width: 100%; height: 120px; border-bottom: 1px solid #c0c6d0; border-top: 1px dashed #e3e6ec; }
.drs-plot-most { line-height: 1; }
.drs-plot-hours { grid-column: 2; display: grid; grid-template-columns: repeat(3, 1fr); margin-top: 4px; }
.drs-plot-hours > :nth-child(2) { text-align: center; }
.drs-plot-hours > :last-child { text-align: right; }
.drs-table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 1.4; }
.drs-table th { text-align: left; font-weight: 600; color: #5b6472; white-space: nowrap; }
.drs-table th, .drs-table td { padding: 8px 16px 8px 0; border-top: 1px solid #eef0f4; vertical-align: top; }
.drs-table thead th { border-top: 0; }
.drs-log { display: block; min-height: 200px; }
/* The page around it tells the title and the reason. */
.drs-log::part(title), .drs-log::part(reason) { display: none; }
.drs-log::part(header) { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 8px 16px; }
.drs-log::part(meta) { order: -1; }
.drs-row-note { min-width: 150px; max-width: 260px; margin-top: 4px; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden;
  overflow-wrap: anywhere; color: #5b6472; font-size: 13px; line-height: 1.4; }
.drs-explanation { margin-top: 16px; }
.drs-tags { display: flex; flex-wrap: wrap; gap: 6px; }
.drs-tags > * { padding: 2px 10px; border-radius: 12px; background: #eef0f4; color: #1f2733; font-size: 13px; line-height: 1.5; }
.drs-warning { border: 1px solid #e0503f; border-radius: 6px; background: #fff3f1; color: #97160d; padding: 12px 16px; line-height: 1.5; }
.drs-page { padding: 24px; }
a.drs-count, a.drs-count:visited { display: block; text-decoration: none; color: inherit; }
.drs-count > span { display: block; }
.drs-form > * + * { margin-top: 16px; }
.drs-form { max-width: 640px; }
.drs-lead { margin-bottom: 20px; max-width: 640px; }
.drs-choice { border: 0; margin: 0 0 16px; padding: 0; line-height: 1.5; }
.drs-choice legend { margin-bottom: 6px; font-weight: 600; font-size: 14px; }
.drs-choice label, label.drs-choice, .drs-checks label { font-weight: 400; }
fieldset.drs-choice label, label.drs-choice { display: flex; gap: 10px; align-items: center; padding: 4px 0; cursor: pointer; }
.drs-select { width: 100%; padding: 8px; border: 1px solid #c0c6d0; border-radius: 4px; background: #fff; font-size: 14px; min-height: 36px; }
.drs-chosen { max-height: 220px; overflow: auto; }
.drs-steps { margin-top: 24px; max-width: 640px; }
.drs-steps > li { display: flex; gap: 10px; }
[data-step="done"] .drs-mark { color: #0a7a3d; }
[data-step="failed"] .drs-mark { color: #b3261e; }
.drs-description { display: block; font-weight: 400; text-transform: none; letter-spacing: normal; }
@media (max-width: 600px) {
  .drs-table thead { display: none; }
  .drs-table tr { display: grid; grid-template-columns: 110px 1fr; gap: 2px 8px; padding: 10px 0; border-top: 1px solid #eef0f4; }
  .drs-table tr:first-child { border-top: 0; padding-top: 0; }
  .drs-table td { display: contents; }
  .drs-table .drs-status { justify-self: start; }
  .drs-table td::before { content: attr(data-label); color: #5b6472; }
}
@media (max-width: 600px) {
  .drs-page { padding: 16px; }
  .drs-facts { grid-template-columns: 1fr; gap: 2px; }
  .drs-facts dd { margin-bottom: 8px; }
}
`;

/** Adds them to the page, once. */
export function addStyles(): void {
  if (document.getElementById('drs-styles')) return;
  const style = document.createElement('style');
  style.id = 'drs-styles';
  style.textContent = styles;
  document.head.append(style);
}
