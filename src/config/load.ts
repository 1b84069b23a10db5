import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ManagerError, problem } from '../domain/errors';
import type { ClusterConfig } from './clusterConfig';
import { type Finding, pathText } from './findings';
import { type ConfigProblem, describeConfigProblems } from './problems';
import { present } from './present';
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

/** Reads and checks a file; never throws for what is in it, or for its absence. */
export function checkClusterConfig(path: string): ConfigCheck {
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
  ];
  const config =
    parsed.success && findings.length === 0 ? resolveClusterConfig(parsed.data, resolve(path)) : undefined;
  return { ...present({ config }), problems: located(findings), notUsedYet: notUsedYet(yaml) };
}

/** Reads a file. Throws ManagerError `ConfigInvalid` whose text names every problem with its place. */
export function loadClusterConfig(path: string): ClusterConfig {
  const { config, problems } = checkClusterConfig(path);
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
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT')
      return { message: 'does not exist', expected: 'the path of a cluster-config.yaml' };
    return { message: `can't be read (${String(code)})`, expected: 'a file that this user may read' };
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
