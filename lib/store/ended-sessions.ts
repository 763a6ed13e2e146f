/** Whose sessions were ended, and when, by numbers that rise: no clock is compared with another. */

import type { Sequelize } from 'sequelize';
import { rowsOf, withoutNul } from '../models/run-query.js';
import { readCommitted } from '../models/within.js';

/** The newest ending of somebody's sessions. */
export interface SessionEnding {
  userId: string;
  number: number;
}

export interface EndedSessions {
  /** Ends what this user began until now. */
  end(userId: string): Promise<void>;
  /** The number of the newest ending of all; 0 before the first. What begins now is over by higher ones of its user. */
  newest(): Promise<number>;
  /** The newest ending of each user whose sessions were ended after `number`. */
  after(number: number): Promise<SessionEnding[]>;
}

// One after the other, so that no lower number comes to light after a higher one.
const lockSql = 'LOCK TABLE drs_ended_sessions IN EXCLUSIVE MODE';

const endSql = `
INSERT INTO drs_ended_sessions (user_id, number) SELECT $1, coalesce(max(number), 0) + 1 FROM drs_ended_sessions
ON CONFLICT (user_id) DO UPDATE SET number = excluded.number, ended_at = now()`;

export function createEndedSessions(sequelize: Sequelize): EndedSessions {
  return {
    async end(userId) {
      await readCommitted(sequelize, async (transaction) => {
        await rowsOf(sequelize, { sql: lockSql, transaction });
        await rowsOf(sequelize, { sql: endSql, bind: [withoutNul(userId)], transaction });
      });
    },
    async newest() {
      const sql = 'SELECT coalesce(max(number), 0)::float8 AS number FROM drs_ended_sessions';
      const [row] = await rowsOf<{ number: number }>(sequelize, { sql });
      return row?.number ?? 0;
    },
    after(number) {
      const sql = `SELECT user_id AS "userId", number::float8 AS number FROM drs_ended_sessions WHERE number > $1`;
      return rowsOf<SessionEnding>(sequelize, { sql, bind: [number] });
    },
  };
}
