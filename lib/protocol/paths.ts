/** The paths of the REST interface below its mount: a route is served, and asked for, by one of these. */

/** In the notation that Express 4 and 5 share. */
export type RoutePath =
  | '/client.js'
  | '/events'
  | '/health'
  | '/interpreters'
  | '/interpreters/:id'
  | '/jobs'
  | '/jobs/:id'
  | '/jobs/:id/cancel'
  | '/jobs/:id/copy'
  | '/jobs/:id/events'
  | '/jobs/:id/explanation'
  | '/jobs/:id/log'
  | '/jobs/:id/logs'
  | '/jobs/:id/requeue'
  | '/jobs/:id/results'
  | '/jobs/:id/results.zip'
  | '/jobs/:id/retry'
  | '/jobs/:id/search'
  | '/jobs/:id/submit'
  | '/logs'
  | '/openapi.json'
  | '/results'
  | '/results/:id/file'
  | '/servers'
  | '/servers/:id'
  | '/servers/:id/host-key'
  | '/servers/:id/test'
  | '/ui'
  | '/ui/jobs/:id'
  | '/ui/page.js'
  | '/ui/style.css';

type Filled<Path extends string> = Path extends `${infer Head}:id${infer Tail}`
  ? `${Head}${number}${Tail}`
  : Path;

/** A path as it is asked for: its `:id` is a number. */
export type ServedPath = Filled<RoutePath>;
