/** The columns of the models, each with its rule. */

import type { DataTypes, Model, ModelAttributeColumnOptions, ModelAttributes } from 'sequelize';
import { choices, type Choice } from '../protocol/choices.js';
import { JobStatus } from '../protocol/job-status.js';
import { defaultRemoteDirectory, defaultRemoteFilename } from '../protocol/remote-path.js';
import type { InterpreterModel, JobModel, LogModel, ResultModel, ServerModel } from './model-types.js';
import * as rules from '../protocol/rules.js';

/** The data types of the host's Sequelize. */
export type Types = typeof DataTypes;

type Attributes<M extends Model> = ModelAttributes<M, M['_attributes']>;
type Column = ModelAttributeColumnOptions<Model>;

const timestamps = (types: Types) => ({
  createdAt: { type: types.DATE, allowNull: false },
  updatedAt: { type: types.DATE, allowNull: false },
});

export function interpreterAttributes(types: Types): Attributes<InterpreterModel> {
  return {
    id: idColumn(types),
    name: required(types.STRING(255), rules.name('the name of the interpreter')),
    path: required(types.TEXT, rules.interpreterPath),
    arguments: { ...required(types.JSONB, rules.interpreterArguments), defaultValue: [] },
    ...timestamps(types),
  };
}

export function serverAttributes(types: Types): Attributes<ServerModel> {
  return {
    id: idColumn(types),
    title: required(types.STRING(255), rules.name('the title')),
    hostname: required(types.STRING(255), rules.hostname),
    port: { ...required(types.INTEGER, rules.port), ...asNumber('port'), defaultValue: 22 },
    controlDirectory: {
      ...optional(types.TEXT, rules.controlDirectory),
      ...asTextOrNull('controlDirectory'),
    },
    legacyAlgorithms: {
      ...required(types.BOOLEAN, rules.yesOrNo('legacyAlgorithms')),
      defaultValue: false,
    },
    transport: chosenName(types, 'transport'),
    scheduler: chosenName(types, 'scheduler'),
    allowedUsers: {
      ...optional(types.JSONB, rules.allowedUsers),
      ...asTexts('allowedUsers'),
      defaultValue: null,
    },
    usernames: { ...required(types.STRING(8), rules.usernames), defaultValue: 'any' },
    proxyJump: {
      ...optional(types.INTEGER, rules.reference('a jump host')),
      ...asNumber('proxyJump'),
      defaultValue: null,
    },
    ...timestamps(types),
  };
}

export function jobAttributes(types: Types): Attributes<JobModel> {
  return {
    id: idColumn(types),
    uuid: { type: types.UUID, allowNull: false, unique: true, defaultValue: types.UUIDV4 },
    title: required(types.STRING(255), rules.name('the title')),
    program: required(types.TEXT, rules.program),
    remoteDirectory: {
      ...required(types.TEXT, rules.remoteDirectory),
      defaultValue: defaultRemoteDirectory,
    },
    remoteFilename: {
      ...required(types.STRING(255), rules.remoteFilename),
      defaultValue: defaultRemoteFilename,
    },
    owner: { ...required(types.STRING(255), rules.name('the owner')), ...asText('owner') },
    ownerUsername: { ...required(types.STRING(255), rules.username), ...asText('ownerUsername') },
    serverId: { ...required(types.INTEGER, rules.reference('a server')), ...asNumber('serverId') },
    interpreterId: {
      ...required(types.INTEGER, rules.reference('an interpreter')),
      ...asNumber('interpreterId'),
    },
    status: { type: types.STRING(16), allowNull: false, defaultValue: JobStatus.initial },
    attempt: { type: types.INTEGER, allowNull: false, defaultValue: 0 },
    failureReason: types.STRING(16),
    exitCode: types.INTEGER,
    signal: types.STRING(32),
    message: types.TEXT,
    timeoutMs: { ...optional(types.INTEGER, rules.timeoutMs), ...asNumber('timeoutMs') },
    logPolicy: optional(types.STRING(16), rules.logPolicy),
    storeResults: optional(types.JSONB, rules.storeResults),
    startedAt: types.DATE,
    finishedAt: types.DATE,
    ...timestamps(types),
  };
}

export function logAttributes(types: Types): Attributes<LogModel> {
  return {
    id: bigIdColumn(types),
    jobId: { type: types.INTEGER, allowNull: false },
    attempt: { type: types.INTEGER, allowNull: false },
    seq: { type: types.INTEGER, allowNull: false },
    stream: { type: types.STRING(8), allowNull: false },
    // `offset` is a reserved word in SQL.
    offset: { type: types.BIGINT, allowNull: false, field: 'byte_offset', ...readAsNumber('offset') },
    time: { type: types.DATE, allowNull: false },
    content: { type: types.BLOB, allowNull: false },
    text: {
      type: types.VIRTUAL(types.TEXT, ['content']),
      get(this: LogModel): string {
        return this.content?.toString('utf8') ?? '';
      },
    },
  } as Attributes<LogModel>;
}

export function resultAttributes(types: Types): Attributes<ResultModel> {
  return {
    id: bigIdColumn(types),
    jobId: { type: types.INTEGER, allowNull: false },
    attempt: { type: types.INTEGER, allowNull: false },
    remoteFilename: { type: types.TEXT, allowNull: false },
    size: { type: types.BIGINT, allowNull: false, ...readAsNumber('size') },
    storageKey: { type: types.TEXT, allowNull: false },
    createdAt: { type: types.DATE, allowNull: false },
  };
}

const idColumn = (types: Types) => ({ type: types.INTEGER, primaryKey: true, autoIncrement: true });

const bigIdColumn = (types: Types) => ({
  type: types.BIGINT,
  primaryKey: true,
  autoIncrement: true,
  ...readAsNumber('id'),
});

function required(type: Column['type'], rule: rules.Rule) {
  return { type, allowNull: false, validate: { notNull: { msg: messageForMissing(rule) }, rule } };
}

function chosenName(types: Types, choice: Choice) {
  const column = required(types.STRING(64), rules.chosenName(choice));
  return { ...column, defaultValue: choices[choice].usual };
}

function optional(type: Column['type'], rule: rules.Rule) {
  // Sequelize asks custom rules about null too.
  const unlessNull = (value: unknown): void => {
    if (value !== null && value !== undefined) rule(value);
  };
  return { type, allowNull: true, validate: { rule: unlessNull } };
}

/** What the rule says about nothing at all. */
function messageForMissing(rule: rules.Rule): string {
  try {
    rule('');
    rule(null);
  } catch (error) {
    return (error as Error).message;
  }
  return 'This must be given.';
}

/** PostgreSQL's BIGINT comes as text; sizes and ids here stay far below 2^53. */
function readAsNumber(key: string) {
  return {
    get(this: Model): number | null {
      const value: unknown = this.getDataValue(key as never);
      return value === null || value === undefined ? (value as null) : Number(value);
    },
  };
}

/** Forms send numbers as text. */
function asNumber(key: string) {
  return {
    set(this: Model, value: unknown): void {
      this.setDataValue(key as never, rules.numberOf(value));
    },
  };
}

/** Forms send an empty field as an empty text. */
function asTextOrNull(key: string) {
  return {
    set(this: Model, value: unknown): void {
      this.setDataValue(key as never, value === '' ? null : value);
    },
  };
}

/** A host's user ids may be numbers. Each stands in the list once. */
function asTexts(key: string) {
  return {
    set(this: Model, value: unknown): void {
      const toText = (id: unknown): unknown => (typeof id === 'number' ? String(id) : id);
      this.setDataValue(key as never, Array.isArray(value) ? [...new Set(value.map(toText))] : value);
    },
  };
}

/** A host's user ids may be numbers. */
function asText(key: string) {
  return {
    set(this: Model, value: unknown): void {
      this.setDataValue(key as never, typeof value === 'number' ? String(value) : value);
    },
  };
}
