import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder for this user only, with those above it, where they are missing. Not with Node's `recursive`,
 * which never returns where a folder can't be made although the one above is there (/proc). Throws as mkdir does.
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}
