import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ManagerError, problem } from '../domain/errors';

/**
 * Makes a folder for this user only, with those above it, where they are missing. Not with Node's `recursive`,
 * which never returns where a folder can't be made although the one above is there (/proc). Throws as mkdir does.
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!existsSync(folder)) throw error;
  }
}

/**
 * Makes a folder if it is missing. Throws ConfigInvalid, which names it, where this user can't write there. `use` says what
 * it is for, `remedy` what else can be done.
 */
export function requireFolder(folder: string, { use, remedy }: Record<'use' | 'remedy', string>): void {
  try {
    makeFolder(folder);
    // Also that it is a folder.
    accessSync(`${folder}/.`, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new ManagerError(
      problem('ConfigInvalid', {
        attempted: use,
        failed: `${folder} can't be written to (${error instanceof Error ? error.message : String(error)})`,
        remedy,
      }),
      { cause: error },
    );
  }
}

/** Makes the state folder if it is missing. See requireFolder. */
export function requireStateFolderAt(folder: string): void {
  requireFolder(folder, {
    use: 'use the state folder (host keys, reports, logs, the database of the embedded server)',
    remedy:
      'Let this user write there, or name another folder: export PXM_STATE_FOLDER=<folder> (docs/configuration.md)',
  });
}
