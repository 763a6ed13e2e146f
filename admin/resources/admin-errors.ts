/** Turns refusals of this package into the errors that AdminJS shows beside the fields, or as a notice. */

import { AppError, ValidationError as AdminValidationError } from 'adminjs';
import { DrsError, ValidationError } from '../../lib/errors.js';

/** Runs a change. @throws AdminJS's ValidationError for what a field says, its AppError for other refusals */
export async function asAdminError<T>(change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  if (error instanceof ValidationError && error.problems.every(({ path }) => path !== '')) {
    return new AdminValidationError(
      Object.fromEntries(
        error.problems.map(({ path, message }) => [field(path), { message: sentence(message) }]),
      ),
    );
  }
  if (error instanceof DrsError && error.status < 500) return new AppError(error.message);
  return error;
}

/** `interpreterIds.2` is one of a list that the form shows as one field. */
function field(path: string): string {
  return path.replace(/\.\d+$/, '');
}

function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}
