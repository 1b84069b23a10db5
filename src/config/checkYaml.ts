import type { z } from 'zod';
import { pathText, type Finding } from './findings';
import { present } from './present';
import type { ConfigProblem } from './problems';
import { schemaFindings, withoutMisplaced, withoutMistyped } from './schemaFindings';
import { YamlDocument } from './yamlDocument';
import { yamlFindings } from './yamlProblems';

/** How files of one kind are judged. */
export interface YamlFileKind<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** What an empty file should have. */
  readonly atLeast: string;
  /** What no schema can say. Gets the value as written, whatever its form, so that rules speak beside the schema. */
  readonly rules: (value: unknown) => readonly Finding[];
}

/** What was found in a YAML file. */
export interface YamlCheck<Value> {
  /** What the schema makes of the file; present exactly when there are no problems. */
  readonly parsed?: Value;
  /** All problems, in the order of the file. */
  readonly problems: readonly ConfigProblem[];
  /** Absent where the file is empty, or too broken to be trusted. */
  readonly yaml?: YamlDocument;
}

/** Judges the text of a file; `file` is how problems call it. Never throws for what is in it. */
export function checkYaml<Schema extends z.ZodType>(
  text: string,
  file: string,
  { schema, atLeast, rules }: YamlFileKind<Schema>,
): YamlCheck<z.output<Schema>> {
  const yaml = new YamlDocument(text);
  const located = (findings: readonly Finding[]) =>
    findings.map((it) => locate(it, yaml, file)).sort(byPlace);
  const syntax = yamlFindings(yaml);
  if (syntax.fatal) return { problems: located(syntax.findings) };

  const said = yaml.value();
  if (said === undefined) return { problems: located([tooManyAliases]) };
  const { value } = said;
  if (value == null)
    return { problems: located([{ path: [], message: 'is empty', expected: `at least ${atLeast}` }]) };
  const parsed = schema.safeParse(value);
  const judged = [...schemaFindings(parsed.error?.issues ?? [], value, schema), ...rules(value)];
  const findings = [...syntax.findings, ...withoutMisplaced(withoutMistyped(judged))];
  const usable = parsed.success && findings.length === 0 ? { parsed: parsed.data } : {};
  return { ...usable, problems: located(findings), yaml };
}

const tooManyAliases: Finding = {
  path: [],
  message: 'has aliases that multiply each other',
  expected: 'the values written out',
};

function locate(finding: Finding, yaml: YamlDocument, file: string): ConfigProblem {
  const { path, place = 'value', message, expected, nearest } = finding;
  const position =
    typeof place === 'object' ? place : place === 'key' ? yaml.placeOfKey(path) : yaml.placeOfValue(path);
  return { file, ...position, path: pathText(path), message, expected, ...present({ nearest }) };
}

function byPlace(one: ConfigProblem, other: ConfigProblem): number {
  return one.line - other.line || one.column - other.column;
}
