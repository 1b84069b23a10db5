import type { ClusterProfile } from '../../domain/cluster/profile';
import type { ClusterAction } from '../../domain/cluster/request';
import { isCode } from '../shared/adoption';
import type { ClusterDependencies } from './dependencies';

/** Actions that go by the record alone. */
const withoutProfile: ReadonlySet<ClusterAction> = new Set(['destroy', 'purge', 'undo']);

/** A profile as far as it can be read. */
export interface ReadProfile {
  readonly profile?: ClusterProfile;
  /** Why it can't be read. */
  readonly warnings: readonly string[];
}

/**
 * The profile of a change. Throws ConfigInvalid where it can't be read; an action that goes by the record alone does without
 * it: nobody has to repair a file to get rid of machines.
 */
export function profileFor(
  dependencies: Pick<ClusterDependencies, 'readProfile'>,
  { profile: name, action }: { readonly profile: string; readonly action: ClusterAction },
): ReadProfile {
  if (withoutProfile.has(action)) return profileIfReadable(dependencies, name);
  return { profile: dependencies.readProfile(name), warnings: [] };
}

/** A profile, or why it can't be read. */
export function profileIfReadable(
  { readProfile }: Pick<ClusterDependencies, 'readProfile'>,
  name: string,
): ReadProfile {
  try {
    return { profile: readProfile(name), warnings: [] };
  } catch (error) {
    if (!isCode(error, 'ConfigInvalid')) throw error;
    return { warnings: [`The profile ${name} can't be read: ${error.problem.failed}`] };
  }
}
