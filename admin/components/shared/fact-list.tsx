/** What is known of a record: names and values. */

import type { ReactElement, ReactNode } from 'react';

export type Fact = [name: string, value: ReactNode];

/** @param props.isWide in two columns where there is room */
export function FactList({ facts, isWide = false }: { facts: Fact[]; isWide?: boolean }): ReactElement {
  return (
    <dl className={isWide ? 'drs-facts drs-facts-wide' : 'drs-facts'}>
      {facts.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
