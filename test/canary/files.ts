import { lstatSync, readdirSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Evidence } from './search';

/** Every file below a folder: logs, reports, the database with its -wal and -shm, whatever else was written. */
export function* filesBelow(folder: string): Generator<Evidence> {
  for (const { path } of pathsBelow(folder)) yield { name: path, bytes: readIfThere(path) };
}

/** The same without what is in them; `facts` as they were right before that. */
export function* pathsBelow(folder: string): Generator<{ readonly path: string; readonly facts: Stats }> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (facts?.isDirectory() === true) yield* pathsBelow(path);
    else if (facts?.isFile() === true) yield { path, facts };
  }
}

/** Files come and go while the programs run. */
export function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
