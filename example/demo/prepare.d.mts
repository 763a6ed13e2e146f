export function prepare(): Promise<void>;
export function choosePort(wanted: string | undefined): Promise<number>;
