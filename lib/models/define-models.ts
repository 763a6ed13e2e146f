/** `defineModels(sequelize)`: the models on the host's own Sequelize instance. */

import type { ModelStatic, Model, Sequelize } from 'sequelize';
import { addJobHooks } from './job-hooks.js';
import { auditAlgorithms } from './audit-algorithms.js';
import { guardChanges, guardDeletions } from './guard-model.js';
import { keepAddresses } from './keep-addresses.js';
import { keepOwners } from './keep-owners.js';
import { keepUsedServers } from './keep-used-servers.js';
import {
  interpreterAttributes,
  jobAttributes,
  logAttributes,
  resultAttributes,
  serverAttributes,
  type Types,
} from './attributes.js';
import type {
  InterpreterModel,
  JobModel,
  LogModel,
  Models,
  ResultModel,
  ServerModel,
} from './model-types.js';

export type * from './model-types.js';

/** The names in `sequelize.models`, prefixed so that a host may have its own `Job`. */
const names = {
  Interpreter: 'DrsInterpreter',
  Server: 'DrsServer',
  Job: 'DrsJob',
  Log: 'DrsLog',
  Result: 'DrsResult',
} as const;

/**
 * Defines `DrsInterpreter`, `DrsServer`, `DrsJob`, `DrsLog` and `DrsResult`. A second call on the same instance
 * returns the same models: defining them anew would replace them.
 */
export function defineModels(sequelize: Sequelize): Models {
  if (!sequelize.isDefined(names.Job)) define(sequelize);
  return {
    Interpreter: sequelize.model(names.Interpreter) as ModelStatic<InterpreterModel>,
    Server: sequelize.model(names.Server) as ModelStatic<ServerModel>,
    Job: sequelize.model(names.Job) as ModelStatic<JobModel>,
    Log: sequelize.model(names.Log) as ModelStatic<LogModel>,
    Result: sequelize.model(names.Result) as ModelStatic<ResultModel>,
  };
}

function define(sequelize: Sequelize): void {
  // The host's own copy of Sequelize: two copies do not know each other's types.
  const { DataTypes: types } = sequelize.constructor as unknown as { DataTypes: Types };
  const Interpreter = sequelize.define<InterpreterModel>(
    names.Interpreter,
    interpreterAttributes(types),
    tableOptions('drs_interpreters'),
  );
  const Server = sequelize.define<ServerModel>(
    names.Server,
    serverAttributes(types),
    tableOptions('drs_servers'),
  );
  const Job = sequelize.define<JobModel>(names.Job, jobAttributes(types), tableOptions('drs_jobs'));
  const Log = sequelize.define<LogModel>(names.Log, logAttributes(types), {
    ...tableOptions('drs_logs'),
    timestamps: false,
  });
  const Result = sequelize.define<ResultModel>(names.Result, resultAttributes(types), {
    ...tableOptions('drs_results'),
    updatedAt: false,
  });
  const models: Models = { Interpreter, Server, Job, Log, Result };
  const junction = associate(models, sequelize);
  for (const model of [Interpreter, Server, Job, Log, Result, junction]) {
    leaveTablesToMigrations(model);
    readAsModels(model);
  }
  addStringForms(models);
  addJobHooks(models, sequelize);
  keepOwners(models, sequelize);
  const guards = [keepAddresses(sequelize), auditAlgorithms(sequelize)];
  guardChanges({ model: Server, sequelize, guards });
  guardDeletions({ model: Server, sequelize }, keepUsedServers(sequelize));
}

/** Everything that a host may have set for its own models under `define` is said here. */
function tableOptions(tableName: string) {
  return {
    tableName,
    schema: '',
    freezeTableName: true,
    underscored: true,
    timestamps: true,
    createdAt: 'createdAt',
    updatedAt: 'updatedAt',
    paranoid: false,
    version: false,
    defaultScope: {},
  } as const;
}

function associate(
  { Interpreter, Server, Job, Log, Result }: Models,
  sequelize: Sequelize,
): ModelStatic<Model> {
  const through = sequelize.define(
    'DrsServerInterpreter',
    {},
    { ...tableOptions('drs_server_interpreters'), timestamps: false },
  );
  const keys = { through, onDelete: 'CASCADE' } as const;
  Server.belongsToMany(Interpreter, {
    ...keys,
    as: 'interpreters',
    foreignKey: 'serverId',
    otherKey: 'interpreterId',
  });
  Interpreter.belongsToMany(Server, {
    ...keys,
    as: 'servers',
    foreignKey: 'interpreterId',
    otherKey: 'serverId',
  });
  Server.belongsTo(Server, { as: 'jumpHost', foreignKey: 'proxyJump', onDelete: 'RESTRICT' });
  Job.belongsTo(Server, { as: 'server', foreignKey: 'serverId', onDelete: 'RESTRICT' });
  Job.belongsTo(Interpreter, { as: 'interpreter', foreignKey: 'interpreterId', onDelete: 'RESTRICT' });
  Job.hasMany(Log, { as: 'logs', foreignKey: 'jobId', onDelete: 'CASCADE' });
  Job.hasMany(Result, { as: 'results', foreignKey: 'jobId', onDelete: 'CASCADE' });
  Log.belongsTo(Job, { as: 'job', foreignKey: 'jobId' });
  Result.belongsTo(Job, { as: 'job', foreignKey: 'jobId' });
  return through;
}

/**
 * The host's `sequelize.sync()` must neither make these tables (migrations would find them there) nor alter or
 * drop them: with `{ force: true }` it would take every job away.
 */
function leaveTablesToMigrations(model: ModelStatic<Model>): void {
  model.sync = () => Promise.resolve(model) as never;
  model.drop = () => Promise.resolve();
}

/**
 * Reads from the primary server, since a replica may not know yet what was written; and as instances, whatever the host
 * has set for its own queries (`query: { raw: true }`). What a call says itself holds.
 */
function readAsModels(model: ModelStatic<Model>): void {
  const set = (options: object): void => {
    Object.assign(options, { useMaster: true, raw: false, nest: false, ...options });
  };
  model.addHook('beforeFind', set);
  model.addHook('beforeCount', set);
}

function addStringForms({ Interpreter, Server, Job, Log, Result }: Models): void {
  setStringForm(
    Interpreter,
    ({ name, path, arguments: given }) => `${name} (${[path, ...(given ?? [])].join(' ')})`,
  );
  setStringForm(Server, ({ title, hostname, port }) => `${title} <${hostname}:${port}>`);
  setStringForm(Job, ({ title }) => title);
  setStringForm(Log, ({ text }) => text);
  setStringForm(Result, ({ remoteFilename }) => remoteFilename);
}

function setStringForm<M extends Model>(model: ModelStatic<M>, form: (record: M) => string): void {
  Object.defineProperty(model.prototype, 'toString', {
    configurable: true,
    writable: true,
    value(this: M): string {
      return form(this);
    },
  });
}
