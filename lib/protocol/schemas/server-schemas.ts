/** What comes in and goes out about servers, for host code, REST and OpenAPI alike. */

import { z } from 'zod';
import * as rules from '../rules.js';
import { listQuery } from './list-schemas.js';
import { usernamePolicies } from '../records.js';
import { by, id, idParameter, messageOf, listed, text, textBy, wholeBy, wholeNumber } from './fields.js';

const controlDirectoryRule: rules.Rule = (value) => {
  if (value !== '') rules.controlDirectory(value);
};

const usernames = z.enum(usernamePolicies, messageOf(rules.usernames));

export const serverBody = z.strictObject({
  title: textBy(rules.name('the title')),
  hostname: textBy(rules.hostname),
  port: wholeBy(rules.port, 65_535).optional().describe('Default 22'),
  interpreterIds: z.array(id).max(1000).optional().describe('The interpreters that this server has'),
  proxyJump: wholeBy(rules.reference('a jump host'))
    .nullable()
    .optional()
    .describe(
      'The server that it is reached through, with its own before it: five at most. Default, and null: none',
    ),
  controlDirectory: textBy(controlDirectoryRule)
    .nullable()
    .optional()
    .describe('Where attempts are watched over: absolute, or below ~/. Default, and null: ~/.drs'),
  legacyAlgorithms: z
    .boolean(messageOf(rules.yesOrNo('legacyAlgorithms')))
    .optional()
    .describe('Allows what OpenSSH has given up: SHA-1, CBC, RSA host keys below 2048 bits. Default false'),
  transport: textBy(rules.chosenName('transport'))
    .optional()
    .describe('How it is reached: a name from the option `transports`. Default ssh'),
  scheduler: textBy(rules.chosenName('scheduler'))
    .optional()
    .describe('What starts programs there: a name from the option `schedulers`. Default direct'),
  allowedUsers: z
    .array(z.union([listed(), z.number()]), messageOf(rules.allowedUsers))
    .max(rules.maxAllowedUsers)
    .superRefine(by(rules.allowedUsers))
    .nullable()
    .optional()
    .describe('Ids of the users whose jobs it runs. Default, and null: everyone signed in'),
  usernames: usernames
    .optional()
    .describe('own: jobs sign in there by the name of their owner alone. Default any'),
});

export const serverPatch = serverBody.partial();

export const serverQuery = listQuery({
  title: text().optional(),
  hostname: text().optional(),
  port: wholeNumber(1, 65_535).optional(),
  legacyAlgorithms: z
    .preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean())
    .optional(),
  transport: text().optional(),
  scheduler: text().optional(),
  usernames: usernames.optional(),
  proxyJump: idParameter.optional().describe('Those that are reached through this server next'),
});

export const serverSchema = z.object({
  id,
  title: z.string(),
  hostname: z.string(),
  port: z.int(),
  proxyJump: id.nullable().describe('The server that it is reached through; null: none'),
  interpreterIds: z.array(id),
  interpreters: z.array(z.object({ id, name: z.string(), path: z.string() })),
  controlDirectory: z
    .string()
    .nullable()
    .optional()
    .describe('Only for those who may change the server; null: ~/.drs'),
  allowedUsers: z
    .array(z.string())
    .nullable()
    .optional()
    .describe('Only for those who may change the server: whose jobs it runs; null: everyone signed in'),
  usernames: usernames.describe('own: a submit may name no other user name than the owner has'),
  legacyAlgorithms: z.boolean().describe('It may choose algorithms that OpenSSH has given up'),
  transport: z.string().describe('How it is reached'),
  scheduler: z.string().describe('What starts programs there'),
  hostKey: z
    .object({ type: z.string(), fingerprint: z.string(), isApproved: z.boolean() })
    .nullable()
    .describe('The key that the server must show; null before it was seen'),
});

/** What `drs.servers.create` takes. */
export type NewServer = z.input<typeof serverBody>;
/** What `drs.servers.update` takes. */
export type ServerChanges = z.input<typeof serverPatch>;
/** What `drs.servers.list` takes. */
export type ServerFilter = Partial<z.output<typeof serverQuery>>;
/** A server as it is answered. */
export type ServerAnswer = z.infer<typeof serverSchema>;
