/** The paths of the REST interface below its mount: a route is served, and asked for, by one of these. */

/** Each route by its method and its path, in the notation that Express 4 and 5 share. */
export type RouteName =
  | 'GET /client.js'
  | 'GET /events'
  | 'GET /health'
  | 'GET /interpreters'
  | 'POST /interpreters'
  | 'GET /interpreters/:id'
  | 'PATCH /interpreters/:id'
  | 'DELETE /interpreters/:id'
  | 'GET /jobs'
  | 'POST /jobs'
  | 'GET /jobs/:id'
  | 'PATCH /jobs/:id'
  | 'DELETE /jobs/:id'
  | 'POST /jobs/:id/cancel'
  | 'POST /jobs/:id/copy'
  | 'GET /jobs/:id/events'
  | 'GET /jobs/:id/explanation'
  | 'GET /jobs/:id/log'
  | 'GET /jobs/:id/logs'
  | 'POST /jobs/:id/requeue'
  | 'GET /jobs/:id/results'
  | 'GET /jobs/:id/results.zip'
  | 'POST /jobs/:id/retry'
  | 'GET /jobs/:id/search'
  | 'POST /jobs/:id/submit'
  | 'GET /logs'
  | 'GET /openapi.json'
  | 'GET /results'
  | 'GET /results/:id/file'
  | 'GET /servers'
  | 'POST /servers'
  | 'GET /servers/:id'
  | 'PATCH /servers/:id'
  | 'DELETE /servers/:id'
  | 'GET /servers/:id/host-key'
  | 'POST /servers/:id/host-key'
  | 'DELETE /servers/:id/host-key'
  | 'POST /servers/:id/test'
  | 'GET /ui'
  | 'GET /ui/jobs/:id'
  | 'GET /ui/page.js'
  | 'GET /ui/style.css';

/** The path of a route. */
export type RoutePath = RouteName extends infer Name
  ? Name extends `${string} ${infer Path}`
    ? Path
    : never
  : never;

type Filled<Path extends string> = Path extends `${infer Head}:id${infer Tail}`
  ? `${Head}${number}${Tail}`
  : Path;

/** A path as it is asked for: its `:id` is a number. */
export type ServedPath = Filled<RoutePath>;
