/** What AdminJS's own styles leave to be mended in the panel. The styles of its components come with these. */

export const panelStyles = `
/* AdminJS names Roboto, which came from Google. Icons, code and the log have fonts of their own. */
body { --drs-font: -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-family: var(--drs-font); }
#app :not(code, pre, textarea.drs-code) { font-family: var(--drs-font); }
/* AdminJS hides its sidebar on most laptops. */
@media (min-width: 1000px) {
  [data-css="sidebar"] { position: static !important; width: 220px !important; }
  [data-css="topbar"] > :first-child { display: none; }
  [data-css="topbar"] .drs-user { padding-left: 24px; }
}
[data-css$="action-header"] a[class*="utton"], [data-css$="action-header"] button { padding-left: 12px; padding-right: 12px; }
[data-css$="action-header"] .adminjs_ButtonGroupItem { margin-bottom: 8px; margin-right: 8px; }
/* Many actions go below the heading, not over it. */
[data-css$="action-header"] > section { flex-wrap: wrap; column-gap: 16px; }
/* Grey on grey is hard to read. */
[data-css$="-breadcrumbs"] a:not(:last-child), [data-css$="action-header"] h2 span, [data-css$="-show-drawer-content"] label { color: #5b6472; }
/* A refusal is read before the drawer of the action that it is about. */
#app { isolation: auto; }
[data-css$="-table-caption"] > section { gap: 8px; }
[data-css$="-table-caption"] > section > div { white-space: nowrap; }
[data-css$="-table-caption"] .adminjs_ButtonGroupItem { margin: 2px 0 2px 4px; padding-left: 10px; padding-right: 10px; }
[data-css="sidebar"] h1, [data-css="sidebar"] h2 { font-size: 16px; }
label { font-size: 14px !important; font-weight: 600; line-height: 1.4; }
/* The drawer of the filters waits beside the page, and its shadow fell on it. */
[data-css$="-filter-drawer"] { box-shadow: none !important; border-left: 1px solid #e3e6ec; }
/* The help of a field is about what one writes there, not about what one looks for. */
[data-css$="-filter-drawer"] .drs-description { display: none; }
/* Words stay whole; only a title may be one long word. */
[data-css$="-table"] td { word-break: normal; overflow-wrap: break-word; padding-left: 10px; padding-right: 10px; }
[data-css$="-table"] td[data-property-name] > section { line-height: 1.4; }
[data-css$="-table"] td[data-property-name="title"], [data-css$="-table"] td[data-property-name="remoteFilename"],
[data-css$="-table"] td[data-property-name="jobId"] { overflow-wrap: anywhere; min-width: 130px; }
[data-css$="-bulkDelete-table"] td { overflow-wrap: anywhere; }
[data-css$="-table"] td[data-property-name] > section a { justify-content: flex-start; padding-left: 0; padding-right: 0; text-align: left; }
/* On a phone a second column tells what the first one is about. */
@media (max-width: 800px) {
  [data-css$="-table"] td:is([data-property-name="status"], [data-property-name="hostname"], [data-property-name="size"],
    [data-property-name="path"]) { display: table-cell !important; }
  [data-css$="-table"] thead td:nth-child(3) { display: table-cell !important; }
  [data-css$="-table"] td { padding-left: 8px; padding-right: 8px; }
  [data-css$="-table"] td[data-property-name] { overflow-wrap: anywhere; min-width: 90px; }
  [data-css$="-table"] .drs-row-note { min-width: 0; max-width: 130px; }
  /* What can be done with a selection is at the thumb, and covers no heading. */
  [data-css$="-table-caption"] { position: fixed !important; inset: auto 0 0 0 !important; width: auto !important;
    transform: none !important; border-radius: 0; z-index: 50; }
  [data-css$="-table-wrapper"]:has(caption) { padding-bottom: 180px; }
}
/* AdminJS gives notices a width that a phone does not have. */
[data-css="notice-wrapper"] > * { min-width: 0 !important; }
.drs-user { color: #5b6472; font-size: 14px; display: flex; gap: 12px; align-items: center; }
.drs-facts + p { margin-top: 12px; }
.drs-user button { border: 0; padding: 0; background: none; color: #2a4bbd; cursor: pointer; text-decoration: underline; }
`;
