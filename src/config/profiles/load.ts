import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ClusterProfile } from '../../domain/cluster/profile';
import { ManagerError, problem } from '../../domain/errors';
import { count } from '../../domain/rendering/text';
import type { ClusterConfig } from '../clusterConfig';
import { nearestWord } from '../nearest';
import { describeConfigProblems } from '../problems';
import { readText } from '../readText';
import { readProfile, type ProfileCheck } from './read';

const ending = '.yaml';

/** The folder of the profiles: `clusters/` beside cluster-config.yaml. */
export function clustersFolder({ file }: Pick<ClusterConfig, 'file'>): string {
  return join(dirname(file), 'clusters');
}

/** The names of the profiles, sorted; none where there is no folder, or it can't be read. */
export function profileNames(config: Pick<ClusterConfig, 'file'>): readonly string[] {
  try {
    return readdirSync(clustersFolder(config), { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && /^[^.].*\.yaml$/.test(entry.name))
      .map(({ name }) => name.slice(0, -ending.length))
      .sort();
  } catch {
    return [];
  }
}

/** Reads and checks a profile, and the files that it names, on this machine. Never throws for what is in them. */
export function checkProfile(config: ClusterConfig, name: string): ProfileCheck {
  const file = fileOf(config, name);
  const read = readText(file, 'a profile that this user may read');
  if ('text' in read) return readProfile({ text: read.text, file, config });
  return { problems: [{ file, line: 1, column: 1, path: '', ...read }] };
}

/**
 * The profile of a name, checked, with what the conventions give filled in. Throws ManagerError `ConfigInvalid`: there is
 * none of this name (with the nearest one), or every problem of it with file, line, column and path.
 */
export function loadProfile(config: ClusterConfig, name: string): ClusterProfile {
  const names = profileNames(config);
  if (!names.includes(name)) throw unknownProfile(config, name, names);
  const { profile, problems } = checkProfile(config, name);
  if (profile !== undefined) return profile;
  throw new ManagerError(
    problem('ConfigInvalid', {
      attempted: `read the cluster profile ${name}`,
      failed: `${count(problems.length, 'problem')}\n${describeConfigProblems(problems)}`,
      remedy: 'Correct the places named above; docs/cluster-profiles.md describes every key.',
    }),
  );
}

/** All profiles but the one of this name; those in which something is wrong are left out. */
export function otherProfiles(config: ClusterConfig, name: string): readonly ClusterProfile[] {
  const others = profileNames(config).filter((it) => it !== name);
  return others.flatMap((it) => checkProfile(config, it).profile ?? []);
}

function fileOf(config: ClusterConfig, name: string): string {
  return join(clustersFolder(config), `${name}${ending}`);
}

function unknownProfile(config: ClusterConfig, name: string, names: readonly string[]): ManagerError {
  const nearest = nearestWord(name, names);
  const there = names.length === 0 ? 'none yet' : names.join(', ');
  return new ManagerError(
    problem('ConfigInvalid', {
      attempted: `read the cluster profile ${name}`,
      failed: `${clustersFolder(config)} has no ${name}${ending}`,
      remedy: `${nearest === undefined ? '' : `Did you mean ${nearest}? `}Profiles there: ${there}.`,
    }),
  );
}
