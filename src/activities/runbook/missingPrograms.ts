import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Those of the programs that are in no folder of this process's PATH. */
export async function missingPrograms(names: readonly string[]): Promise<readonly string[]> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((it) => it !== '');
  const found = await Promise.all(names.map((name) => isThere(name, folders)));
  return names.filter((_, index) => found[index] !== true);
}

async function isThere(name: string, folders: readonly string[]): Promise<boolean> {
  const places = name.includes('/') ? [name] : folders.map((folder) => join(folder, name));
  const tries = places.map((place) => access(place, constants.X_OK));
  return (await Promise.allSettled(tries)).some(({ status }) => status === 'fulfilled');
}
