/** Turns AdminJS's filters and sort order into a query that only knows what it should. */

import type { Filter, PropertyType } from 'adminjs';
import { Op, type Order, type WhereOptions } from 'sequelize';

/** `text` finds a part, whatever the case; `exact` and `number` the whole; `time` a span. */
export type FilterKind = 'text' | 'exact' | 'number' | 'time';

/** A property of a record: only what is named here leaves the server. */
export interface Column {
  name: string;
  type?: PropertyType;
  /** How a list filters by it; without it, it does not. */
  filter?: FilterKind;
  /** A list may be sorted by it. */
  isSortable?: boolean;
}

/** The conditions of a list. What has no filter is left out, so that an old address does not fail. */
export function whereOf(filter: Filter | undefined, columns: readonly Column[]): WhereOptions {
  const conditions: WhereOptions[] = [];
  for (const [path, { value }] of Object.entries(
    (filter as { filters?: Filters } | undefined)?.filters ?? {},
  )) {
    const column = columns.find(({ name }) => name === path);
    const condition = column?.filter === undefined ? undefined : conditionOf(column.filter, value);
    if (condition !== undefined) conditions.push({ [path]: condition });
  }
  return { [Op.and]: conditions };
}

/** The newest first, unless the list is sorted by a column that allows it; equal ones by id, so that pages do not mix. */
export function orderOf(
  sort: { sortBy?: string; direction?: string } | undefined,
  columns: readonly Column[],
): Order {
  const direction = sort?.direction === 'asc' ? 'ASC' : 'DESC';
  const column = columns.find(({ name, isSortable }) => isSortable === true && name === sort?.sortBy);
  if (!column) return [['id', 'DESC']];
  // Rows are made in the order of their ids, and ids have the better index.
  if (column.name === 'id' || column.name === 'createdAt') return [['id', direction]];
  return [
    [column.name, direction],
    ['id', 'DESC'],
  ];
}

type Filters = Record<string, { value: unknown }>;

function conditionOf(kind: FilterKind, value: unknown): object | string | number | undefined {
  if (kind === 'time') return spanOf(value);
  if (typeof value !== 'string' || value === '' || value.includes('\0')) return undefined;
  if (kind === 'exact') return value;
  if (kind === 'text') return { [Op.iLike]: `%${value.replace(/[\\%_]/g, '\\$&')}%` };
  const number = Number(value);
  return Number.isInteger(number) && Math.abs(number) < 2 ** 31 ? number : undefined;
}

function spanOf(value: unknown): object | undefined {
  const { from, to } = (value ?? {}) as { from?: unknown; to?: unknown };
  const span = { ...bound(Op.gte, from), ...bound(Op.lte, to) };
  return Object.getOwnPropertySymbols(span).length > 0 ? span : undefined;
}

function bound(operator: symbol, value: unknown): object {
  if (typeof value !== 'string') return {};
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? {} : { [operator]: time };
}
