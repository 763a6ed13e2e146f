/** The heading of a page; beside a list, how many records there are, as far as they are counted. */

import type { ComponentType, ReactElement } from 'react';

interface Props extends Record<string, unknown> {
  tag?: string;
  OriginalComponent: ComponentType<Record<string, unknown>>;
}

/** One more than a list shows means: more than that. */
const mostListed = 10_000;

export default function ActionHeader({ OriginalComponent, tag, ...others }: Props): ReactElement {
  return <OriginalComponent {...others} tag={shown(tag)} />;
}

function shown(tag: string | undefined): string | undefined {
  const count = Number(tag);
  if (!tag || Number.isNaN(count)) return tag;
  return count > mostListed ? `${mostListed.toLocaleString('en')}+` : count.toLocaleString('en');
}
