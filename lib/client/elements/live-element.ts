/** What the elements have in common: they show something while they are on the page, and anew when an attribute changes. */

import { styleSheet } from './dom.js';
import { themeCss } from './theme.js';

/** An element's own part. */
export interface LiveElement {
  /** The attributes that it looks at; those that only count at the start are left out. */
  attributes: readonly string[];
  css: string;
  /** Shows what the attributes ask for; returns the function that ends it. */
  open: (element: HTMLElement, root: ShadowRoot) => () => void;
}

/** Makes the class of an element. */
export function liveElement({ attributes, css, open }: LiveElement): CustomElementConstructor {
  const sheet = styleSheet(themeCss, css);
  return class extends HTMLElement {
    static readonly observedAttributes = attributes;
    #stop: (() => void) | undefined;

    connectedCallback(): void {
      this.#start();
    }

    disconnectedCallback(): void {
      this.#stop?.();
      this.#stop = undefined;
    }

    attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
      if (this.#stop && before !== after) this.#start();
    }

    #start(): void {
      this.#stop?.();
      const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [sheet];
      this.#stop = open(this, root);
    }
  };
}
