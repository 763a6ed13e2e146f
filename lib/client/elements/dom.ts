/** Making nodes: text is always text, never markup. */

type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;
type Child = Node | string | null | undefined | false;

type ElementNamed<Name extends string> = Name extends keyof HTMLElementTagNameMap
  ? HTMLElementTagNameMap[Name]
  : HTMLElement;

/** A new element. `true` sets an empty attribute; `false`, null and undefined leave it out. */
export function h<Name extends keyof HTMLElementTagNameMap | 'drs-job-log'>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): ElementNamed<Name> {
  const element = document.createElement(name) as ElementNamed<Name>;
  setAttributes(element, attributes);
  element.append(...children.filter(isShown));
  return element;
}

/** A new SVG picture of 16 by 16 units, hidden from screen readers: words stand beside it. */
export function picture(...paths: readonly Attributes[]): SVGSVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  setAttributes(svg, { viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' });
  for (const attributes of paths) {
    const path = document.createElementNS(namespace, 'path');
    setAttributes(path, attributes);
    svg.append(path);
  }
  return svg;
}

/** Sets the text of an element, if it is another. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A style sheet for shadow roots, which a Content-Security-Policy without inline styles allows. */
export function styleSheet(...texts: readonly string[]): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(texts.join('\n'));
  return sheet;
}

function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
}

function isShown(child: Child): child is Node | string {
  return child !== null && child !== undefined && child !== false;
}
