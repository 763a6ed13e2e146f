/**
 * The largest id, attempt, `seq` and number of milliseconds that a table holds: that of PostgreSQL's `integer`.
 * Source: https://www.postgresql.org/docs/current/datatype-numeric.html
 */
export const maxInteger = 2_147_483_647;
