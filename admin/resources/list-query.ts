/** Turns AdminJS's filters and sort order into a query that only knows what it should. */

import type { Filter, PropertyType } from 'adminjs';
import { Op, type Order, type Sequelize, type WhereOptions } from 'sequelize';
import { maxInteger } from '../../lib/protocol/max-integer.js';
import { havingWords, partPattern, type WordsColumn } from '../../lib/domain/find-words.js';

/**
 * `text` finds a part, whatever the case; `words` the same in a job, by the table that is made for it; `exact` and
 * `number` the whole; `boolean` true or false; `time` a span.
 */
export type FilterKind = 'text' | 'words' | 'exact' | 'number' | 'boolean' | 'time';

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
export function whereOf(
  sequelize: Sequelize,
  filter: Filter | undefined,
  columns: readonly Column[],
): WhereOptions {
  const conditions: WhereOptions[] = [];
  for (const [path, { value }] of Object.entries(
    (filter as { filters?: Filters } | undefined)?.filters ?? {},
  )) {
    const column = columns.find(({ name }) => name === path);
    if (column?.filter === 'words') conditions.push(...wordsCondition(sequelize, path, value));
    else if (column?.filter !== undefined) conditions.push(...conditionOf(column.filter, { path, value }));
  }
  return { [Op.and]: conditions };
}

/**
 * The newest first, unless the list is sorted by a column that allows it; equal ones by id, so that pages do not mix, and
 * in the same direction, so that one index serves both.
 */
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
    ['id', direction],
  ];
}

type Filters = Record<string, { value: unknown }>;

function conditionOf(
  kind: Exclude<FilterKind, 'words'>,
  { path, value }: { path: string; value: unknown },
): WhereOptions[] {
  if (kind === 'time') return present(spanOf(value)).map((span) => ({ [path]: span }));
  return present(textOf(value)).flatMap((text): WhereOptions[] => {
    if (kind === 'exact') return [{ [path]: text }];
    if (kind === 'boolean') return text === 'true' || text === 'false' ? [{ [path]: text === 'true' }] : [];
    if (kind === 'text') return [{ [path]: { [Op.iLike]: partPattern(text) } }];
    const number = Number(text);
    return Number.isInteger(number) && Math.abs(number) <= maxInteger ? [{ [path]: number }] : [];
  });
}

function wordsCondition(sequelize: Sequelize, path: string, value: unknown): WhereOptions[] {
  return present(textOf(value)).map((text) => havingWords(sequelize, path as WordsColumn, text));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined;
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
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
