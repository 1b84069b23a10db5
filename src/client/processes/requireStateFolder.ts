import { stateFolder } from '../../config/paths';
import { requireStateFolderAt } from '../../config/requireFolder';

/** Makes the state folder if it is missing. Throws ConfigInvalid, which names it, where this user can't write there. */
export function requireStateFolder(): void {
  requireStateFolderAt(stateFolder());
}
