/** Who did what, in the database. */

import type { Sequelize, Transaction } from 'sequelize';
import type { AuditEntry, AuditEvent } from '../protocol/audit.js';
import { rowsOf, withoutNul } from './run-query.js';

/** Writes down who did what, and tells it. Rights are the caller's to ask. */
export interface Audit {
  /** Within the transaction of the change, where there is one: both are stored or neither. */
  record(entry: AuditEntry, transaction?: Transaction): Promise<void>;
  /** The newest first. */
  ofJob(id: number): Promise<AuditEvent[]>;
  ofInterpreter(id: number): Promise<AuditEvent[]>;
  /** Also what happened to the machine at its host name and port: its keys are shared by all records of it. */
  ofServer(server: { id: number; hostname: string; port: number }): Promise<AuditEvent[]>;
}

/** A page shows so many of the newest. */
const maxListed = 50;
const maxDetail = 500;

const recordSql = `
INSERT INTO drs_audit (user_id, username, action, subject, subject_id, hostname, port, attempt, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

const columns = `time, user_id AS "userId", username, action, attempt, detail`;
const newest = `ORDER BY id DESC LIMIT ${maxListed}`;
const ofSubjectSql = `SELECT ${columns} FROM drs_audit WHERE subject = $1 AND subject_id = $2 ${newest}`;
// Two walks along an index each; an OR would have to read everything about one of them.
const ofServerSql = `
SELECT ${columns} FROM (
  (SELECT * FROM drs_audit WHERE subject = 'server' AND subject_id = $1 ${newest})
  UNION
  (SELECT * FROM drs_audit WHERE hostname = $2 AND port = $3
    AND action NOT IN ('created', 'changed', 'deleted') ${newest})
) AS e ${newest}`;

export function createAudit(sequelize: Sequelize): Audit {
  const ofSubject = (subject: 'job' | 'interpreter', id: number): Promise<AuditEvent[]> =>
    rowsOf<AuditEvent>(sequelize, { sql: ofSubjectSql, bind: [subject, id] });
  return {
    async record(entry, transaction) {
      await rowsOf(sequelize, {
        sql: recordSql,
        bind: valuesOf(entry),
        ...(transaction ? { transaction } : {}),
      });
    },
    ofJob: (id) => ofSubject('job', id),
    ofInterpreter: (id) => ofSubject('interpreter', id),
    ofServer: ({ id, hostname, port }) =>
      rowsOf<AuditEvent>(sequelize, { sql: ofServerSql, bind: [id, hostname.toLowerCase(), port] }),
  };
}

function valuesOf(entry: AuditEntry): unknown[] {
  const { by, action, subject, id, attempt = null } = entry;
  const machine =
    entry.subject === 'server' ? [withoutNul(entry.hostname).toLowerCase(), entry.port] : [null, null];
  return [
    ...[withoutNul(by.id), withoutNul(by.username), action, subject, id],
    ...[...machine, attempt, detailOf(entry.detail ?? null)],
  ];
}

/** What is told of an event: short, and without the character that PostgreSQL cannot store. */
export function detailOf(text: string | null): string | null {
  return text === null ? null : withoutNul(text).slice(0, maxDetail);
}
