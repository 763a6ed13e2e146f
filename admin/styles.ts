/** What AdminJS's own styles leave to be mended, and the looks of the panel's components. */

export const panelStyles = `
body, button, input, select, textarea { font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
/* AdminJS gives notices a width that a phone does not have. */
[data-css="notice-wrapper"] > * { min-width: 0 !important; }
.drs-code, .drs-code textarea { font: 13px/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; tab-size: 4; }
pre.drs-code { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; padding: 12px; border-radius: 4px;
  background: #f6f8fa; border: 1px solid #d8dee4; max-height: 420px; overflow: auto; }
.drs-nowrap { white-space: nowrap; }
.drs-grid { display: grid; gap: 24px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 220px), 1fr)); }
.drs-columns { display: grid; gap: 24px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); align-items: start; }
.drs-card { background: #fff; border: 1px solid #e3e6ec; border-radius: 8px; padding: 20px; min-width: 0; }
.drs-card h3 { font-size: 16px; font-weight: 600; line-height: 1.4; margin-bottom: 12px; }
.drs-number { font-size: 32px; font-weight: 600; line-height: 1.2; }
.drs-muted { color: #5b6472; font-size: 14px; line-height: 1.5; }
.drs-rows { list-style: none; margin: 0; padding: 0; }
.drs-rows > li { padding: 10px 0; border-top: 1px solid #eef0f4; line-height: 1.5; overflow-wrap: anywhere; }
.drs-rows > li:first-child { border-top: 0; }
.drs-rows a, .drs-link { color: #2a4bbd; }
.drs-facts { display: grid; grid-template-columns: minmax(110px, max-content) 1fr; gap: 8px 20px; line-height: 1.5; }
.drs-facts dt { color: #5b6472; }
.drs-facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.drs-checks label { display: flex; gap: 10px; align-items: flex-start; padding: 6px 0; line-height: 1.4; cursor: pointer; }
.drs-help { color: #5b6472; font-size: 13px; line-height: 1.45; margin-top: 4px; }
.drs-stack > * + * { margin-top: 20px; }
.drs-buttons { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; }
.drs-log { display: block; min-height: 200px; }
.drs-page { padding: 24px; }
a.drs-count { display: block; text-decoration: none; color: inherit; }
.drs-count > span { display: block; }
.drs-form > * + * { margin-top: 16px; }
.drs-form { max-width: 640px; }
.drs-lead { margin-bottom: 20px; max-width: 640px; }
.drs-choice { border: 0; margin: 0 0 16px; padding: 0; line-height: 1.5; }
.drs-choice legend { margin-bottom: 6px; }
fieldset.drs-choice label, label.drs-choice { display: flex; gap: 10px; align-items: center; padding: 4px 0; cursor: pointer; }
.drs-select { width: 100%; padding: 8px; border: 1px solid #c0c6d0; border-radius: 4px; background: #fff; font-size: 14px; min-height: 36px; }
.drs-chosen { max-height: 220px; overflow: auto; }
.drs-steps { margin-top: 24px; max-width: 640px; }
.drs-steps > li { display: flex; gap: 10px; }
[data-step="done"] .drs-mark { color: #0a7a3d; }
[data-step="failed"] .drs-mark { color: #b3261e; }
.drs-description { display: block; font-weight: 400; text-transform: none; letter-spacing: normal; }
@media (max-width: 600px) { .drs-page { padding: 16px; } .drs-facts { grid-template-columns: 1fr; gap: 2px; } .drs-facts dd { margin-bottom: 8px; } }
`;
