import { accessSync, constants } from 'node:fs';
import { stateFolder } from '../../config/paths';
import { ManagerError, problem } from '../../domain/errors';
import { makeFolder } from './makeFolder';

/** Makes the state folder if it is missing. Throws ConfigInvalid, which names it, where this user can't write there. */
export function requireStateFolder(): void {
  const folder = stateFolder();
  try {
    makeFolder(folder);
    // Also that it is a folder.
    accessSync(`${folder}/.`, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new ManagerError(
      problem('ConfigInvalid', {
        attempted: 'use the state folder (host keys, reports, logs, the database of the embedded server)',
        failed: `${folder} can't be written to (${error instanceof Error ? error.message : String(error)})`,
        remedy:
          'Let this user write there, or name another folder: export PXM_STATE_FOLDER=<folder> (docs/configuration.md)',
      }),
      { cause: error },
    );
  }
}
