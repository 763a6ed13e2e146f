/** A plot of the jobs that ended in the last 24 hours: one bar an hour, parted by outcome. */

import type { ReactElement } from 'react';

/** So many jobs ended like this, so many full hours ago (0 to 23). */
export interface HourCount {
  hoursAgo: number;
  status: string;
  count: number;
}

const outcomes = [
  ['success', 'succeeded'],
  ['failure', 'failed'],
  ['cancelled', 'cancelled'],
] as const;

const hours = 24;
const barWidth = 10;
const plotHeight = 100;

interface Bar {
  hoursAgo: number;
  /** One for each outcome, in their order. */
  counts: number[];
  total: number;
}

/** The plot with its legend and its axes; words and bars are apart, so that words keep their size on a phone. */
export function HoursPlot({ counts }: { counts: HourCount[] }): ReactElement {
  const bars = Array.from({ length: hours }, (_, index) => barOf(counts, hours - 1 - index));
  const most = Math.max(...bars.map(({ total }) => total));
  return (
    <section className="drs-card" data-testid="hours-plot">
      <h3>Jobs that ended, by hour</h3>
      {most === 0 ? (
        <p className="drs-muted">No job ended in the last 24 hours.</p>
      ) : (
        <>
          <Legend bars={bars} />
          <div className="drs-plot">
            <span className="drs-muted drs-plot-most">{most.toLocaleString('en')}</span>
            <svg
              viewBox={`0 0 ${hours * barWidth} ${plotHeight}`}
              preserveAspectRatio="none"
              role="img"
              aria-label="Jobs that ended in each of the last 24 hours"
            >
              {bars.map((bar) => (
                <BarShape key={bar.hoursAgo} bar={bar} most={most} />
              ))}
            </svg>
            <div className="drs-muted drs-plot-hours">
              <span>24 h ago</span>
              <span>12 h ago</span>
              <span>now</span>
            </div>
          </div>
        </>
      )}
    </section>
  );
}

function barOf(all: HourCount[], hoursAgo: number): Bar {
  const counts = outcomes.map(
    ([status]) => all.find((one) => one.hoursAgo === hoursAgo && one.status === status)?.count ?? 0,
  );
  return { hoursAgo, counts, total: counts.reduce((sum, count) => sum + count, 0) };
}

function BarShape({ bar, most }: { bar: Bar; most: number }): ReactElement {
  const x = (hours - 1 - bar.hoursAgo) * barWidth;
  const height = (count: number): number => (count / most) * plotHeight;
  return (
    <g>
      <title>{describeBar(bar)}</title>
      <rect className="drs-bar-space" x={x} y={0} width={barWidth} height={plotHeight} />
      {outcomes.map(([status], index) => {
        const below = bar.counts.slice(0, index).reduce((sum, count) => sum + count, 0);
        const count = bar.counts[index] ?? 0;
        const y = plotHeight - height(below + count);
        return (
          <rect
            key={status}
            data-status={status}
            className="drs-bar"
            {...{ x: x + 1, y, width: barWidth - 2, height: height(count) }}
          />
        );
      })}
    </g>
  );
}

/** As in `3 to 2 hours ago: 4 succeeded, 1 failed`. */
function describeBar({ hoursAgo, counts, total }: Bar): string {
  const when = hoursAgo === 0 ? 'in the last hour' : `${hoursAgo + 1} to ${hoursAgo} hours ago`;
  if (total === 0) return `${when}: none`;
  const parts = outcomes.map(([, word], index) => (counts[index] ? `${counts[index]} ${word}` : ''));
  return `${when}: ${parts.filter((part) => part !== '').join(', ')}`;
}

function Legend({ bars }: { bars: Bar[] }): ReactElement {
  return (
    <ul className="drs-legend drs-muted">
      {outcomes.map(([status, word], index) => (
        <li key={status}>
          <svg width="12" height="12" aria-hidden="true">
            <rect className="drs-bar" data-status={status} width="12" height="12" rx="2" />
          </svg>
          {bars.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0).toLocaleString('en')} {word}
        </li>
      ))}
    </ul>
  );
}
