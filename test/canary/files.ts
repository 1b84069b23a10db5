import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence } from './search';

/** Every file below a folder: logs, reports, the database with its -wal and -shm, whatever else was written. */
export function* filesBelow(folder: string): Generator<Evidence> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (facts?.isDirectory() === true) yield* filesBelow(path);
    else if (facts?.isFile() === true) yield { name: path, bytes: readIfThere(path) };
  }
}

/** Files come and go while the programs run. */
function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
