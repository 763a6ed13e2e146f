/** The names of the resources in addresses; prefixed, since a host's own panel may have `jobs` too. */

export const resourceId = {
  interpreters: 'drs-interpreters',
  servers: 'drs-servers',
  jobs: 'drs-jobs',
  results: 'drs-results',
} as const;
