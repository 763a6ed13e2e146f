/** What a server chooses by name from what the host gives: how it is reached, and what starts programs there. */

interface Offer {
  /** The option of the host that has them by name. */
  option: string;
  /** That of a server that names none. */
  usual: string;
  /** What runs on this machine, without a server, is carried out with. */
  here: string;
  /** No server may choose these. */
  notForServers: readonly string[];
  /** A name such as this one. */
  example: string;
}

export const choices = {
  transport: {
    option: 'transports',
    usual: 'ssh',
    here: 'local',
    // Whoever may change a server may not run programs on this machine thereby.
    notForServers: ['local'],
    example: 'kubectl',
  },
  scheduler: {
    option: 'schedulers',
    usual: 'direct',
    here: 'direct',
    notForServers: [],
    example: 'slurm',
  },
} as const satisfies Record<string, Offer>;

/** Also the name of the server's field. */
export type Choice = keyof typeof choices;
export const choiceNames = Object.keys(choices) as Choice[];

/** What the host gives, by name. */
export type Named<Kind> = Readonly<Record<string, Kind>>;

/** The names that a server may choose. */
export function namesForServers(choice: Choice, given: Named<unknown>): string[] {
  return Object.keys(given).filter((name) => isForServers(choice, name));
}

/** What a server means by a name, or null where the host does not give it. */
export function chosen<Kind>(choice: Choice, given: Named<Kind>, name: string): Kind | null {
  return isForServers(choice, name) && Object.hasOwn(given, name) ? (given[name] ?? null) : null;
}

export function isForServers(choice: Choice, name: string): boolean {
  const { notForServers }: Offer = choices[choice];
  return !notForServers.includes(name);
}
