import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ManagerError, problem } from '../domain/errors';
import type { ClusterConfig } from './clusterConfig';
import { type Finding, pathText } from './findings';
import { type NamedFile, namedFileFindings } from './namedFiles';
import { type ConfigProblem, describeConfigProblems } from './problems';
import { present } from './present';
import { reasonOfFailedRead } from './readFailure';
import { resolveClusterConfig } from './resolve';
import { ruleFindings } from './rules';
import { clusterConfigFile, notUsedYetPaths } from './schema';
import { schemaFindings } from './schemaFindings';
import { YamlDocument } from './yamlDocument';
import { yamlFindings } from './yamlProblems';

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
  const read = readText(path);
  if ('message' in read) return failed([{ file: path, line: 1, column: 1, path: '', ...read }]);
  const yaml = new YamlDocument(read.text);
  const located = (findings: readonly Finding[]) =>
    findings.map((it) => locate(it, yaml, path)).sort(byPlace);
  const syntax = yamlFindings(yaml);
  if (syntax.fatal) return failed(located(syntax.findings));

  const said = yaml.value();
  if (said?.value == null) return failed(located([said === undefined ? tooManyAliases : empty]));
  const { value } = said;
  const parsed = clusterConfigFile.safeParse(value);
  const findings = [
    ...syntax.findings,
    ...schemaFindings(parsed.error?.issues ?? [], value),
    ...ruleFindings(value),
    ...namedFileFindings(value, namedFiles, dirname(resolve(path))),
  ];
  const config =
    parsed.success && findings.length === 0 ? resolveClusterConfig(parsed.data, resolve(path)) : undefined;
  return { ...present({ config }), problems: located(findings), notUsedYet: notUsedYet(yaml) };
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

const empty: Finding = {
  path: [],
  message: 'is empty',
  expected: 'at least the sections cluster and credentials',
};
const tooManyAliases: Finding = {
  path: [],
  message: 'has aliases that multiply each other',
  expected: 'the values written out',
};

function failed(problems: readonly ConfigProblem[]): ConfigCheck {
  return { problems, notUsedYet: [] };
}

type ReadResult = { readonly text: string } | Pick<ConfigProblem, 'message' | 'expected'>;

function readText(path: string): ReadResult {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return { message: reasonOfFailedRead(error), expected: 'a cluster-config.yaml that this user may read' };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { message: 'is not UTF-8 text', expected: 'a YAML file in UTF-8' };
  }
}

function locate(finding: Finding, yaml: YamlDocument, file: string): ConfigProblem {
  const { path, place = 'value', message, expected, nearest } = finding;
  const position =
    typeof place === 'object' ? place : place === 'key' ? yaml.placeOfKey(path) : yaml.placeOfValue(path);
  return { file, ...position, path: pathText(path), message, expected, ...present({ nearest }) };
}

function byPlace(one: ConfigProblem, other: ConfigProblem): number {
  return one.line - other.line || one.column - other.column;
}

function notUsedYet(yaml: YamlDocument): string[] {
  return notUsedYetPaths.filter((path) => yaml.document.hasIn(path)).map(pathText);
}
