export function prepare(options?: { asked?: Promise<unknown> }): Promise<void>;
export function choosePort(wanted: string | undefined): Promise<number>;
