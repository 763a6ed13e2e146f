/** One kind of record as AdminJS sees it: listed, filtered, sorted and changed by the rules of this package. */

import { Resource } from '@adminjs/sequelize';
import { BaseProperty, BaseRecord, flat, type ActionContext, type Filter, type ParamsType } from 'adminjs';
import type { FindOptions, Model, ModelStatic, WhereOptions } from 'sequelize';
import type { AccessRecord, Action } from '../../lib/access.js';
import type { User } from '../../lib/protocol/records.js';
import { NotFoundError } from '../../lib/errors.js';
import { maxInteger } from '../../lib/protocol/max-integer.js';
import { asAdminError } from './admin-errors.js';
import type { PanelContext } from './context.js';
import { orderOf, whereOf, type Column } from './list-query.js';

/** What a resource shows of a model, and how its rows are changed. */
export interface Source<Row extends Model> {
  /** The name in addresses. */
  id: string;
  model: ModelStatic<Row>;
  columns: readonly Column[];
  /** Which columns and associations are read; by default all columns. */
  reading?(purpose: 'list' | 'one'): Pick<FindOptions, 'attributes' | 'include'>;
  /** What is asked of `authorize` before a row is shown. */
  readAction: Action;
  /** The record that rights are asked about; by default the row itself. */
  accessRecords?(rows: Row[]): Promise<AccessRecord[]>;
  /** For the person who looks, or null for nobody known. */
  present(row: Row, user: User | null): Promise<Record<string, unknown>> | Record<string, unknown>;
  create?(values: Record<string, unknown>, user: User): Promise<{ id: number }>;
  update?(id: number, values: Record<string, unknown>, user: User): Promise<{ id: number }>;
  remove?(id: number, user: User): Promise<void>;
}

/** A list goes so far, and counts so far: whoever looks for an older record filters. */
const mostListed = 10_000;

/**
 * The resource of `@adminjs/sequelize`, with this package's own rules in place of its open ones: columns, filters and
 * orders by a list of what is allowed, the rights of the person at every step, and changes through our own functions.
 */
export class PanelResource<Row extends Model> extends Resource {
  constructor(
    private readonly source: Source<Row>,
    private readonly panel: Pick<PanelContext, 'access' | 'sequelize' | 'userOf'>,
  ) {
    super(source.model);
  }

  /** The real name is nothing for a page. */
  override databaseName(): string {
    return 'Remote jobs';
  }

  override id(): string {
    return this.source.id;
  }

  override properties(): BaseProperty[] {
    return super.properties().flatMap((property) => {
      const column = this.source.columns.find(({ name }) => name === property.name());
      if (!column) return [];
      // Text where nothing else is said: AdminJS makes 0 of a cleared number, and a string of a list.
      const { name, type = 'string', isSortable = false } = column;
      return [new BaseProperty({ path: name, type, isId: property.isId(), isSortable })];
    });
  }

  override property(path: string): BaseProperty | null {
    return this.properties().find((property) => property.path() === path.split('.')[0]) ?? null;
  }

  /** Up to one more than a list shows: counting a million rows takes longer than showing some. */
  override async count(filter: Filter): Promise<number> {
    const rows = await this.source.model.findAll({
      where: this.where(filter),
      attributes: ['id'],
      limit: mostListed + 1,
      raw: true,
    });
    return rows.length;
  }

  override async find(
    filter: Filter,
    { limit = 20, offset = 0, sort }: Parameters<Resource['find']>[1],
    context?: ActionContext,
  ): Promise<BaseRecord[]> {
    const from = page(offset);
    if (from > mostListed) return [];
    const where = this.where(filter);
    const order = orderOf(sort, this.source.columns);
    const rows = await this.read({ where, order, limit: page(limit), offset: from }, 'list');
    return this.visible(rows, context);
  }

  override async findOne(id: string, context?: ActionContext): Promise<BaseRecord | null> {
    const [key] = ids([id]);
    if (key === undefined) return null;
    const purpose = isShownWhole(context) ? 'one' : 'list';
    const [record] = await this.visible(await this.read({ where: { id: key } }, purpose), context);
    return record ?? null;
  }

  override async findMany(given: (string | number)[], context?: ActionContext): Promise<BaseRecord[]> {
    const where = { id: ids(given) };
    return this.visible(await this.read({ where, order: [['id', 'DESC']] }, 'list'), context);
  }

  override async create(params: Record<string, unknown>, context?: ActionContext): Promise<ParamsType> {
    const { create } = this.source;
    if (!create) throw new TypeError(`${this.id()} are not made in the panel.`);
    return this.saved((user) => create(unflattened(params), user), context);
  }

  override async update(
    id: string,
    params: Record<string, unknown>,
    context?: ActionContext,
  ): Promise<ParamsType> {
    const { update } = this.source;
    if (!update) throw new TypeError(`${this.id()} are not changed in the panel.`);
    return this.saved((user) => update(Number(id), unflattened(params), user), context);
  }

  override async delete(id: string, context?: ActionContext): Promise<void> {
    const { remove } = this.source;
    if (!remove) throw new TypeError(`${this.id()} are not deleted in the panel.`);
    await asAdminError(() => remove(Number(id), this.user(context)));
  }

  private where(filter: Filter): WhereOptions {
    return whereOf(this.panel.sequelize, filter, this.source.columns);
  }

  private read(query: FindOptions, purpose: 'list' | 'one'): Promise<Row[]> {
    return this.source.model.findAll({ ...query, ...this.source.reading?.(purpose) });
  }

  private async saved(
    save: (user: User) => Promise<{ id: number }>,
    context?: ActionContext,
  ): Promise<ParamsType> {
    const user = this.user(context);
    return asAdminError(async () => {
      const { id } = await save(user);
      // By now it may be somebody else's.
      const [row] = await this.allowed(await this.read({ where: { id } }, 'one'), user);
      if (!row) throw new NotFoundError(`${this.id()} ${id}`);
      return this.source.present(row, user);
    });
  }

  private user(context?: ActionContext): User {
    const user = this.panel.userOf(context?.currentAdmin);
    if (!user) throw new TypeError('AdminJS asked for a change without saying for whom.');
    return user;
  }

  private async visible(rows: Row[], context?: ActionContext): Promise<BaseRecord[]> {
    const user = this.panel.userOf(context?.currentAdmin);
    const shown = await this.allowed(rows, user);
    const values = await Promise.all(shown.map(async (row) => this.source.present(row, user)));
    return values.map((value) => new BaseRecord(value as ParamsType, this));
  }

  /** Those that somebody may see. */
  private async allowed(rows: Row[], user: User | null): Promise<Row[]> {
    const { source, panel } = this;
    const records = (await source.accessRecords?.(rows)) ?? (rows as AccessRecord[]);
    const isVisible = await Promise.all(
      records.map(async (record) => panel.access.isAllowed(user, source.readAction, record)),
    );
    return rows.filter((_row, index) => isVisible[index]);
  }
}

/** The other actions name a record, and need no more of it than a list does. */
function isShownWhole(context: ActionContext | undefined): boolean {
  return context?.action === undefined || ['show', 'edit'].includes(context.action.name);
}

/** AdminJS sends a list as `name.0`, `name.1` …; its types do not say what `flat` is. */
function unflattened(params: Record<string, unknown>): Record<string, unknown> {
  const { unflatten } = flat as { unflatten(flattened: object): Record<string, unknown> };
  return unflatten(params);
}

function ids(given: readonly (string | number)[]): number[] {
  return given.map(Number).filter((id) => Number.isInteger(id) && id >= 1 && id <= maxInteger);
}

function page(value: unknown): number {
  const number = Math.floor(Number(value));
  return Number.isFinite(number) ? Math.min(Math.max(number, 0), maxInteger) : 0;
}
