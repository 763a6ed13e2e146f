/** What the rows measure, and how it is judged and shown. */

export interface Goal {
  /** What is held to it: the ratio to the reference, or our own figure. */
  of: 'ratio' | 'ours';
  bound: 'at most' | 'at least';
  value: number;
}

export interface Measurement {
  /** Such as `P1`. */
  row: string;
  /** What was measured, in a few words. */
  work: string;
  unit: 'ms' | 's' | 'lines/s' | 'jobs/s' | 'CPU s' | 'MB' | 'execs' | 'forks';
  ours: number;
  reference: number | null;
  /** What the reference is, in a few words. */
  against: string;
  /** null: only told. */
  goal: Goal | null;
}

/** One printed line. */
export interface Figure {
  row: string;
  work: string;
  unit: string;
  ours: number;
  reference: number | null;
  ratio: number | null;
  goal: string | null;
  isWithin: boolean;
  /** 1: just at the goal; 2: twice as bad. */
  timesGoal: number | null;
  against: string;
}

export function judge(measurement: Measurement): Figure {
  const { goal, ours, reference, row, work, unit, against } = measurement;
  const ratio = reference === null || reference === 0 ? null : ours / reference;
  return {
    row,
    work,
    unit,
    ours: rounded(ours),
    reference: reference === null ? null : rounded(reference),
    ratio: ratio === null ? null : rounded(ratio),
    ...(goal === null ? { goal: null, isWithin: true, timesGoal: null } : held(measurement, goal, ratio)),
    against,
  };
}

function held(
  { ours, unit }: Measurement,
  goal: Goal,
  ratio: number | null,
): Pick<Figure, 'goal' | 'isWithin' | 'timesGoal'> {
  const judged = goal.of === 'ours' ? ours : (ratio ?? Number.NaN);
  const timesGoal = goal.bound === 'at most' ? judged / goal.value : goal.value / judged;
  const sign = goal.bound === 'at most' ? '≤' : '≥';
  return {
    goal: goal.of === 'ours' ? `${sign} ${goal.value} ${unit}` : `${sign} ${goal.value} ×`,
    isWithin: timesGoal <= 1,
    timesGoal: rounded(timesGoal),
  };
}

const head = ['row', 'work', 'ours', 'reference', 'ratio', 'goal', 'of the goal', ''];

/** A table as Markdown has it. */
export function tableOf(figures: readonly Figure[]): string {
  return tableOfCells(figures.map(cellsOf));
}

/** A figure as a row of the table. */
export function cellsOf(figure: Figure): string[] {
  return [
    figure.row,
    figure.work,
    `${figure.ours} ${figure.unit}`,
    figure.reference === null ? '–' : `${figure.reference} ${figure.unit} (${figure.against})`,
    figure.ratio === null ? '–' : String(figure.ratio),
    figure.goal ?? '–',
    figure.timesGoal === null ? '–' : `${figure.timesGoal} ×`,
    wordOf(figure),
  ];
}

function wordOf({ goal, isWithin }: Figure): string {
  if (goal === null) return '';
  return isWithin ? 'within' : 'over';
}

/** Rows under the heads. */
export function tableOfCells(rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Three digits that mean something. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
