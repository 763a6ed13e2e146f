/** What comes in and goes out about interpreters, for host code, REST and OpenAPI alike. */

import { z } from 'zod';
import * as rules from '../rules.js';
import { by, id, messageOf, listed, text, textBy } from './fields.js';
import { listQuery } from './list-schemas.js';

export const interpreterBody = z.strictObject({
  name: textBy(rules.name('the name of the interpreter')).describe('As people call it, such as "Python 3"'),
  path: textBy(rules.interpreterPath).describe(
    'The executable on the server, absolute or looked up in its PATH',
  ),
  arguments: z
    .array(listed(), messageOf(rules.interpreterArguments))
    .superRefine(by(rules.interpreterArguments))
    .optional()
    .describe('Given before the file name, in order'),
});

export const interpreterPatch = interpreterBody.partial();

export const interpreterQuery = listQuery({ name: text().optional(), path: text().optional() });

export const interpreterSchema = z.object({
  id,
  name: z.string(),
  path: z.string(),
  arguments: z.array(z.string()),
});

/** What `drs.interpreters.create` takes. */
export type NewInterpreter = z.input<typeof interpreterBody>;
/** What `drs.interpreters.update` takes. */
export type InterpreterChanges = z.input<typeof interpreterPatch>;
/** What `drs.interpreters.list` takes. */
export type InterpreterFilter = Partial<z.output<typeof interpreterQuery>>;
/** An interpreter as it is answered. */
export type InterpreterAnswer = z.infer<typeof interpreterSchema>;
