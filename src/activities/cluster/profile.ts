import type { ClusterProfile } from '../../domain/cluster/profile';
import type { ClusterAction } from '../../domain/cluster/request';
import { ManagerError, problem } from '../../domain/errors';
import { isCode } from '../shared/adoption';
import type { ClusterDependencies } from './dependencies';

/** Actions that go by the record alone. */
const withoutProfile: ReadonlySet<ClusterAction> = new Set(['destroy', 'purge', 'undo']);

/** What changes a Talos cluster beside its machines: not every change of it is there yet. */
const notOfTalosYet: ReadonlySet<ClusterAction> = new Set(['rebuild']);

/** A profile as far as it can be read. */
export interface ReadProfile {
  readonly profile?: ClusterProfile;
  /** Why it can't be read. */
  readonly warnings: readonly string[];
}

/**
 * The profile of a change. Throws ConfigInvalid where it can't be read, and InputInvalid where it is of a type
 * that this can't be done to yet; an action that goes by the record alone does
 * without it: nobody has to repair a file to get rid of machines.
 */
export function profileFor(
  dependencies: Pick<ClusterDependencies, 'readProfile'>,
  { profile: name, action }: { readonly profile: string; readonly action: ClusterAction },
): ReadProfile {
  if (withoutProfile.has(action)) return profileIfReadable(dependencies, name);
  const profile = dependencies.readProfile(name);
  if (profile.type === 'talos' && notOfTalosYet.has(action)) throw notYet(name, action);
  return { profile, warnings: [] };
}

function notYet(name: string, action: ClusterAction): ManagerError {
  return new ManagerError(
    problem('InputInvalid', {
      attempted: `${action} the cluster ${name}`,
      failed: `its type is talos, and this version can't ${action} such a cluster yet`,
      remedy:
        'Nothing was done. What there is for it: create, scale, replace, upgrade, destroy, purge, undo, extend.',
    }),
  );
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
