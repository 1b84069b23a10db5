import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterConfig } from '../../../src/config/clusterConfig';
import { loadClusterConfig } from '../../../src/config/load';
import { readProfile, type ProfileCheck } from '../../../src/config/profiles/read';
import { ManagerError } from '../../../src/domain/errors';

/** The configuration that the profiles of the tests belong to. */
export const config: ClusterConfig = loadClusterConfig(join(__dirname, 'fixtures/cluster-config.yaml'));

/** Checks a profile of a folder beside this file against {@link config}. */
export function checked(file: string, against: ClusterConfig = config): ProfileCheck {
  return readProfile({ text: readFileSync(file, 'utf8'), file, config: against });
}

/** What an action that has to fail throws. */
export function failureOf(action: () => unknown): ManagerError {
  try {
    action();
  } catch (error) {
    if (error instanceof ManagerError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}
