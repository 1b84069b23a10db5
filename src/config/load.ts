import { dirname, resolve } from 'node:path';
import { ManagerError, problem } from '../domain/errors';
import { checkYaml } from './checkYaml';
import type { ClusterConfig } from './clusterConfig';
import { pathText } from './findings';
import { type NamedFile, namedFileFindings } from './namedFiles';
import { type ConfigProblem, describeConfigProblems } from './problems';
import { present } from './present';
import { readText } from './readText';
import { resolveClusterConfig } from './resolve';
import { ruleFindings } from './rules';
import { clusterConfigFile, notUsedYetPaths } from './schema';
import type { YamlDocument } from './yamlDocument';

/** What was found in a configuration file. */
export interface ConfigCheck {
  /** Present exactly when there are no problems. */
  readonly config?: ClusterConfig;
  /** All problems, in the order of the file. */
  readonly problems: readonly ConfigProblem[];
  /** Paths of the file's keys that were validated but that nothing uses yet. */
  readonly notUsedYet: readonly string[];
}

/**
 * Reads and checks a file, and those of the files that it names that are asked for; never throws for what is in
 * them, or for their absence.
 */
export function checkClusterConfig(path: string, namedFiles: readonly NamedFile[] = []): ConfigCheck {
  const read = readText(path, 'a cluster-config.yaml that this user may read');
  if ('message' in read) {
    return { problems: [{ file: path, line: 1, column: 1, path: '', ...read }], notUsedYet: [] };
  }
  const { parsed, problems, yaml } = checkYaml(read.text, path, {
    schema: clusterConfigFile,
    atLeast: 'the sections cluster and credentials',
    rules: (value) => [
      ...ruleFindings(value),
      ...namedFileFindings(value, namedFiles, dirname(resolve(path))),
    ],
  });
  const config = parsed === undefined ? undefined : resolveClusterConfig(parsed, resolve(path));
  return { ...present({ config }), problems, notUsedYet: yaml === undefined ? [] : notUsedYet(yaml) };
}

/**
 * Reads a file, and looks at those of the files that it names that this process needs. Throws ManagerError
 * `ConfigInvalid` whose text names every problem with its place.
 */
export function loadClusterConfig(path: string, namedFiles: readonly NamedFile[] = []): ClusterConfig {
  const { config, problems } = checkClusterConfig(path, namedFiles);
  if (config !== undefined) return config;
  throw new ManagerError(
    problem('ConfigInvalid', {
      attempted: `reading the configuration ${path}`,
      failed: `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}\n${describeConfigProblems(problems)}`,
    }),
  );
}

function notUsedYet(yaml: YamlDocument): string[] {
  return notUsedYetPaths.filter((path) => yaml.document.hasIn(path)).map(pathText);
}
