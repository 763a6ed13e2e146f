/** Runs a change of the database, and turns what its rules refuse into errors that a caller understands. */

import { fromModelError } from '../models/validation.js';

/** @throws ValidationError | ConflictError `in_use`, `already_exists`; any other error as it is */
export async function saving<Value>(save: () => Promise<Value>): Promise<Value> {
  try {
    return await save();
  } catch (error) {
    throw fromModelError(error) as Error;
  }
}
