import { ManagerError, problem } from '../domain/errors';
import type { ClusterConfig } from './clusterConfig';
import { describeConfigProblems, type ConfigProblem } from './problems';

/** What was found in a configuration file. */
export interface ConfigCheck {
  /** Present exactly when there are no problems. */
  readonly config?: ClusterConfig;
  /** All problems, in the order of the file. */
  readonly problems: readonly ConfigProblem[];
  /** Paths of keys that were validated but that nothing uses yet. */
  readonly notUsedYet: readonly string[];
}

/** Reads and checks a file; never throws for what is in it, or for its absence. */
export function checkClusterConfig(path: string): ConfigCheck {
  throw new Error(`not written yet: ${path}`);
}

/** Reads a file. Throws ManagerError `ConfigInvalid` whose text names every problem with its place. */
export function loadClusterConfig(path: string): ClusterConfig {
  const { config, problems } = checkClusterConfig(path);
  if (config !== undefined) return config;
  throw new ManagerError(
    problem('ConfigInvalid', {
      attempted: `reading the configuration ${path}`,
      failed: `${problems.length} problem(s)\n${describeConfigProblems(problems)}`,
    }),
  );
}
