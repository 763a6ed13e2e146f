/** The rows that the reader has selected text in. */

/** Rows by their positions, `end` not included. */
export interface SelectedRows {
  first: number;
  end: number;
}

/** Null when no text is selected in the rows, or the browser does not tell. @param offset the index of the first row that is there */
export function selectedRows(rows: HTMLElement, offset = 0): SelectedRows | null {
  const shadowRoots = [rows.getRootNode() as ShadowRoot];
  // Only newer browsers look into shadow roots.
  const selection = getSelection() as Partial<Selection> | null;
  const range = selection?.getComposedRanges?.({ shadowRoots })[0];
  if (!range || range.collapsed) return null;
  const children = [...rows.children];
  const found = [range.startContainer, range.endContainer]
    .map((node) => children.findIndex((row) => row.contains(node)))
    .filter((index) => index >= 0);
  if (found.length === 0) return null;
  return { first: offset + Math.min(...found), end: offset + Math.max(...found) + 1 };
}

/** Clears a selection of text in the rows. */
export function clearSelection(rows: HTMLElement): void {
  if (selectedRows(rows)) getSelection()?.removeAllRanges();
}
