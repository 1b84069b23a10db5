import { expressionText } from '../../domain/runbook/expression';
import type { Runbook } from '../../runbooks/ast';
import type { CheckedRunbook } from '../../runbooks/check/check';
import { kindOf } from '../../runbooks/render/kinds';
import { unitsOf, type Unit } from '../../runbooks/sequence';
import type { ShellParser } from '../../runbooks/shell/tree';
import type { Output } from '../output';
import { table } from '../view/table';

/** What a runbook needs and does, before any value is known. */
export interface Outline {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly imageType: string;
  readonly requires: readonly string[];
  readonly testedWith: readonly string[];
  readonly parameters: readonly OutlineParameter[];
  readonly steps: readonly OutlineStep[];
}

interface OutlineParameter {
  readonly name: string;
  readonly type: string;
  /** The default, where it comes from, or that it has to be given. */
  readonly value: string;
  readonly description: string;
}

interface OutlineStep {
  readonly id: string;
  readonly title: string;
  readonly executor: string;
  readonly kind: string;
  readonly line: number;
  /** When it is skipped, repeated, or run at the end. */
  readonly notes: readonly string[];
}

/** The outline of a runbook; undefined where the file could not be read as one. */
export function outlineOf({ runbook }: CheckedRunbook, parser: ShellParser): Outline | undefined {
  if (runbook === undefined) return undefined;
  const { frontMatter, title } = runbook;
  return {
    name: frontMatter.name,
    title,
    description: frontMatter.description,
    imageType: frontMatter.image_type ?? 'none',
    requires: frontMatter.requires ?? [],
    testedWith: (frontMatter.tested_with ?? []).map(String),
    parameters: runbook.parameters.map(parameterOf),
    steps: unitsOf(runbook).map((unit) => ({
      id: unit.id,
      title: unit.step.title,
      executor: unit.executor,
      kind: unit.block === undefined ? 'ask' : kindOf(unit, parser),
      line: unit.place.line,
      notes: notesOf(unit),
    })),
  };
}

/** The outline for a terminal. */
export function outlineText(output: Output, outline: Outline): string {
  const { name, description, imageType, requires, testedWith, parameters, steps } = outline;
  const facts = [
    `Image type: ${imageType}`,
    `Requires: ${requires.length === 0 ? 'nothing' : requires.join(', ')}`,
    ...(testedWith.length === 0 ? [] : [`Tested with Proxmox VE: ${testedWith.join(', ')}`]),
  ];
  const titled = (titles: readonly string[]) =>
    titles.map((title, index) => ({ title, gives: index === titles.length - 1 }));
  const parameterRows = parameters.map((it) => [it.name, it.type, it.value, it.description]);
  const stepRows = steps.map((it) => [it.id, it.executor, it.kind, it.notes.join(', '), it.title]);
  return [
    `${output.colors.bold(name)}: ${description}`,
    facts.join('\n'),
    ...(parameterRows.length === 0
      ? []
      : [table(output, titled(['parameter', 'type', 'value', 'description']), parameterRows)]),
    table(output, titled(['step', 'by', 'kind', 'note', 'title']), stepRows),
  ].join('\n\n');
}

function parameterOf({
  name,
  type,
  description,
  required,
  from,
  ...it
}: Runbook['parameters'][number]): OutlineParameter {
  const value = it.default ?? (required ? '(required)' : '');
  const configured = from === undefined ? value : `${from} of the configuration`;
  return { name, type, value: configured, description };
}

function notesOf({ options, cleanup }: Unit): readonly string[] {
  const { when, unless, forEach, poll } = options;
  return [
    ...(when === undefined ? [] : [`when ${expressionText(when.expression)}`]),
    ...(unless === undefined ? [] : [`unless ${expressionText(unless.expression)}`]),
    ...(forEach === undefined ? [] : [`for each of ${forEach.list}`]),
    ...(poll === undefined ? [] : [`every ${poll.everyMs / 1000} s`]),
    ...(cleanup === undefined ? [] : [cleanup === 'always' ? 'clean-up' : 'clean-up on failure']),
  ];
}
