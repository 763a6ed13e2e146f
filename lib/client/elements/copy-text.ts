/** Puts text on the clipboard. */

/** @throws Error when the browser refuses */
export async function copyText(text: string, parent: ParentNode): Promise<void> {
  // Only secure pages have a clipboard; others still have the old command.
  if (navigator.clipboard as Clipboard | undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.className = 'unseen';
  area.value = text;
  parent.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (!isCopied) throw new Error('The browser does not allow it.');
}
