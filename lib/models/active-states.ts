/** SQL: the states in which an attempt is wanted or under way. */
export const active = `('submitted', 'running')`;
