import { readFile } from 'node:fs/promises';

/** This machine's name as the scripts on a server tell it: host name, boot id, and start time of process 1. */
export async function thisMachine(): Promise<string> {
  const text = async (path: string) => (await readFile(path, 'utf8')).trim();
  const since = (await text('/proc/1/stat')).replace(/^.*\) /s, '').split(' ')[19];
  return `${await text('/proc/sys/kernel/hostname')}:${await text('/proc/sys/kernel/random/boot_id')}:${since}`;
}
