/** The steps of the test of a connection. */

/** In their order; the first that fails is the last. */
export const connectionSteps = [
  'address',
  'hostKey',
  'signIn',
  'shell',
  'commands',
  'directory',
  'scheduler',
] as const;

export type ConnectionStep = (typeof connectionSteps)[number];

/** What people read. */
export const stepWords: Readonly<Record<ConnectionStep, string>> = {
  address: 'Address',
  hostKey: 'Host key',
  signIn: 'Sign-in',
  shell: 'Shell',
  commands: 'Commands',
  directory: 'Control directory',
  scheduler: 'Scheduler',
};

/** How one step went. */
export interface TestStep {
  name: ConnectionStep;
  isOk: boolean;
  /** What was found, or what went wrong and what to do. */
  message: string;
  /** Milliseconds; null for what is told by another step. */
  ms: number | null;
}

/** The steps up to the first that failed. */
export interface ConnectionReport {
  isOk: boolean;
  steps: TestStep[];
}
