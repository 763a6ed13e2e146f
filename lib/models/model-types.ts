/** The models as TypeScript sees them. */

import type {
  BelongsToGetAssociationMixin,
  BelongsToManyAddAssociationMixin,
  BelongsToManyAddAssociationsMixin,
  BelongsToManyGetAssociationsMixin,
  BelongsToManyHasAssociationMixin,
  BelongsToManyRemoveAssociationMixin,
  BelongsToManyRemoveAssociationsMixin,
  BelongsToManySetAssociationsMixin,
  HasManyGetAssociationsMixin,
  Model,
  ModelStatic,
} from 'sequelize';
import type { Stream } from '../protocol/log-policy.js';
import type {
  InterpreterRecord,
  JobRecord,
  ResultRecord,
  ServerRecord,
  ServerRights,
} from '../protocol/records.js';

type Timestamps = { createdAt: Date; updatedAt: Date };
type InterpreterAttributes = InterpreterRecord & Timestamps;
type ServerAttributes = ServerRecord &
  ServerRights &
  Timestamps & {
    /** Where the control root is to be: absolute, or below `~/`. null: `~/.drs`. */
    controlDirectory: string | null;
    /** The id of the server that it is reached through. null: directly. */
    proxyJump: number | null;
  };

/** What `Interpreter.create` takes. */
export type InterpreterInput = Pick<InterpreterRecord, 'name' | 'path'> & Partial<InterpreterAttributes>;

/** An interpreter; as text `Python 3 (/usr/bin/python3)`. */
export interface InterpreterModel
  extends Model<InterpreterAttributes, InterpreterInput>, InterpreterAttributes {
  servers?: ServerModel[];
  getServers: BelongsToManyGetAssociationsMixin<ServerModel>;
  setServers: BelongsToManySetAssociationsMixin<ServerModel, number>;
  toString(): string;
}

/** What `Server.create` takes. */
export type ServerInput = Pick<ServerRecord, 'title' | 'hostname'> &
  Partial<Omit<ServerAttributes, 'allowedUsers'>> & { allowedUsers?: (string | number)[] | null };

/** A server; as text `Remote <host:22>`. */
export interface ServerModel extends Model<ServerAttributes, ServerInput>, ServerAttributes {
  /** Loaded with `include: 'interpreters'`. */
  interpreters?: InterpreterModel[];
  /** Loaded with `include: 'jumpHost'`. */
  jumpHost?: ServerModel | null;
  getJumpHost: BelongsToGetAssociationMixin<ServerModel | null>;
  getInterpreters: BelongsToManyGetAssociationsMixin<InterpreterModel>;
  setInterpreters: BelongsToManySetAssociationsMixin<InterpreterModel, number>;
  addInterpreter: BelongsToManyAddAssociationMixin<InterpreterModel, number>;
  addInterpreters: BelongsToManyAddAssociationsMixin<InterpreterModel, number>;
  removeInterpreter: BelongsToManyRemoveAssociationMixin<InterpreterModel, number>;
  removeInterpreters: BelongsToManyRemoveAssociationsMixin<InterpreterModel, number>;
  hasInterpreter: BelongsToManyHasAssociationMixin<InterpreterModel, number>;
  toString(): string;
}

/**
 * What `Job.create` takes. `ownerUsername` defaults to `owner`, `remoteDirectory` to `~/drs-jobs/{job}-{attempt}` and
 * `remoteFilename` to `program`.
 */
export type JobInput = Pick<JobRecord, 'title' | 'program' | 'serverId' | 'interpreterId'> & {
  owner: string | number;
} & Partial<Omit<JobRecord, 'owner'>>;

/** A job; as text its title. */
export interface JobModel extends Model<JobRecord, JobInput>, JobRecord {
  server?: ServerModel;
  interpreter?: InterpreterModel;
  logs?: LogModel[];
  results?: ResultModel[];
  getServer: BelongsToGetAssociationMixin<ServerModel>;
  getInterpreter: BelongsToGetAssociationMixin<InterpreterModel>;
  getLogs: HasManyGetAssociationsMixin<LogModel>;
  getResults: HasManyGetAssociationsMixin<ResultModel>;
  toString(): string;
}

/** A stored chunk of output. */
export interface LogRecord {
  id: number;
  jobId: number;
  attempt: number;
  /** Starts at 1 for each attempt and rises by one, over both streams. */
  seq: number;
  stream: Stream;
  /** Bytes of this stream before this chunk. */
  offset: number;
  time: Date;
  /** The bytes as the program wrote them. */
  content: Buffer;
}

/** A stored chunk of output; as text its content. */
export interface LogModel extends Model<LogRecord, Omit<LogRecord, 'id'>>, LogRecord {
  /** The content as UTF-8; what is not UTF-8 becomes U+FFFD. */
  readonly text: string;
  job?: JobModel;
  getJob: BelongsToGetAssociationMixin<JobModel>;
  toString(): string;
}

/** A result file; as text its name. */
export interface ResultModel
  extends Model<ResultRecord, Omit<ResultRecord, 'id' | 'createdAt'>>, ResultRecord {
  job?: JobModel;
  getJob: BelongsToGetAssociationMixin<JobModel>;
  toString(): string;
}

/** The models of one Sequelize instance. */
export interface Models {
  readonly Interpreter: ModelStatic<InterpreterModel>;
  readonly Server: ModelStatic<ServerModel>;
  readonly Job: ModelStatic<JobModel>;
  readonly Log: ModelStatic<LogModel>;
  readonly Result: ModelStatic<ResultModel>;
}
