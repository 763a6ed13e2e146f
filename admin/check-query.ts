/** Refuses a list that is asked for in an order that it does not know, before AdminJS or the database hear of it. */

import type AdminJS from 'adminjs';
import type { Request } from 'express';
import { ValidationError } from '../lib/errors.js';

/** @throws ValidationError */
export function checkQuery(admin: AdminJS, { params, query }: Request): void {
  const { sortBy, direction } = query;
  if (direction !== undefined && direction !== 'asc' && direction !== 'desc') {
    throw new ValidationError([{ path: 'direction', message: 'must be asc or desc.' }]);
  }
  if (sortBy === undefined || params['resourceId'] === undefined) return;
  const resource = admin.findResource(params['resourceId']);
  const known = resource.properties().filter((property) => property.isSortable());
  if (known.some((property) => property.path() === sortBy)) return;
  const names = known.map((property) => property.path()).join(', ');
  throw new ValidationError([{ path: 'sortBy', message: `A list is sorted by one of ${names}.` }]);
}
