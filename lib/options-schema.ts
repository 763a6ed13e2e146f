/** What the options must look like. */

import type { Sequelize } from 'sequelize';
import { z } from 'zod';
import type { Choice } from './protocol/choices.js';
import * as rules from './protocol/rules.js';
import { by } from './protocol/schemas/fields.js';

const func = z.custom<(...args: never[]) => unknown>(
  (value) => typeof value === 'function',
  'must be a function',
);
const object = z.custom<object>((value) => typeof value === 'object' && value !== null, 'must be an object');
/** An object of the host's: what will be called is looked for. */
const having = (...names: string[]) =>
  object.refine(
    (value) => names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function'),
    { error: `must be an object with the functions ${names.join(', ')}`, abort: true },
  );
const transport = having('acquire', 'retire', 'close');
const workspace = having('listFiles', 'readOutput', 'fetchFiles', 'copy', 'clean');
const scheduler = having('run', 'cancel').refine(
  (value) => workspace.safeParse((value as { workspace?: unknown }).workspace).success,
  'must have a `workspace` with the functions listFiles, readOutput, fetchFiles, copy, clean',
);
const positive = z.number().int().positive();
const origin = z
  .string()
  .refine(
    (value) => /^https?:\/\/[^/?#@\\\s*]+$/i.test(value) && URL.canParse(value),
    'must be an origin, such as https://spa.example or http://lab.example:8080: no path, no *',
  );
/** As servers name them. */
const named = (choice: Choice, value: z.ZodType) =>
  z.record(z.string().superRefine(by(rules.optionName(choice))), value);
/** The app's own SSH key. */
export const identitySchema = z.union([
  z.strictObject({ privateKey: z.string().min(1), passphrase: z.string().optional() }),
  z.strictObject({ privateKeyPath: z.string().min(1), passphrase: z.string().optional() }),
]);

/** What `createRemoteSubmission` takes. Unknown names are errors. */
export const optionsSchema = z.strictObject({
  sequelize: having('getDialect', 'define', 'query')
    .refine((value) => (value as Sequelize).getDialect() === 'postgres', 'must be connected to PostgreSQL')
    .optional(),
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:/, 'must begin with postgres://')
    .optional(),
  redis: object.optional(),
  redisUrl: z
    .string()
    .regex(/^(rediss?:|unix:)/, 'must begin with redis://, rediss:// or unix:')
    .optional(),
  secret: z.string().min(16, 'must have at least 16 characters').optional(),
  storage: having('save', 'open', 'delete').optional(),
  identify: func.optional(),
  origins: z.array(origin).optional(),
  authorize: func.optional(),
  identity: identitySchema.optional(),
  hostKeys: z.enum(['pin-first-use', 'approved-only']).optional(),
  transports: named('transport', transport).optional(),
  schedulers: named('scheduler', scheduler).optional(),
  limits: z
    .strictObject({
      logBytes: positive,
      resultCount: positive,
      resultBytes: positive,
      resultDepth: positive,
      programBytes: positive,
      unreachableMs: positive,
    })
    .partial()
    .optional(),
  retention: z.strictObject({ afterMs: positive }).optional(),
  allowLocal: z.boolean().optional(),
  mapUsername: func.optional(),
  resolveUser: func.optional(),
  logger: having('debug', 'info', 'warn', 'error').optional(),
  queue: z.strictObject({ jobs: having('add', 'consume'), bus: having('publish', 'subscribe') }).optional(),
});
