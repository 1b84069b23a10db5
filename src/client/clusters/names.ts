import { profileNames } from '../../config/profiles/load';
import { reportFiles } from '../operations/reportFiles';
import type { Session } from '../session';

/** Names of profiles; who presses Tab must not be told of a configuration that is missing or wrong. */
export function likelyProfiles(session: Session): readonly string[] {
  try {
    return profileNames(session.config());
  } catch {
    return [];
  }
}

/** Names of machines that saved reports know, those of the profile that was typed before if there is one. */
export function likelyMachines(): readonly string[] {
  const names = reportFiles().flatMap((it) =>
    it.operation === 'changeCluster' ? it.members.map(({ name }) => name) : [],
  );
  return [...new Set(names)].toSorted();
}
