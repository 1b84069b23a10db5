import { nearestWord } from '../../config/nearest';
import type { Runbook } from '../ast';
import { sourceNames } from '../imageSource';
import { placeholdersIn } from '../parse/placeholders';
import type { Reporter } from '../problems';
import type { Unit } from '../sequence';
import { namesOf, usesOf, type Use } from '../uses';

/** Unknown, misspelt, misplaced and legacy placeholders, captures that are used before they are set, unused parameters. */
export function checkValues(runbook: Runbook, units: readonly Unit[], problems: Reporter): void {
  const parameters = runbook.parameters.map(({ name }) => name);
  const given = [...parameters, ...sourceNames(runbook.frontMatter)];
  const known = new Set(given);
  const captured = new Map(
    units
      .flatMap(({ options }, index) => options.captures.map(({ name }) => [name, index] as const))
      .toReversed(),
  );
  const used = new Set<string>();
  units.forEach((unit, index) => {
    const own = unit.options.forEach === undefined ? [] : [unit.options.as];
    const names = [...given, ...captured.keys(), ...own];
    const look = (name: string, place: Use['place'], written: string) => {
      used.add(name);
      if (known.has(name) || own.includes(name)) return;
      const setBy = captured.get(name);
      if (setBy === undefined)
        problems.report('unknown-parameter', place, `${written} names nothing`, suggestion(name, names));
      else if (setBy >= index && !(unit.cleanup !== undefined && setBy !== index)) {
        problems.report(
          'used-before-set',
          place,
          `${written} is captured only later`,
          'move the step that captures it before this one',
        );
      }
    };
    for (const use of usesOf(unit, known)) {
      const { placeholder, place, written } = use;
      if (placeholder.kind === 'secret') checkSecret(runbook, use, problems);
      else if (placeholder.kind === 'malformed')
        problems.report(
          'unknown-parameter',
          place,
          `${written} is no placeholder`,
          'write {{name}} with small letters, digits and _',
        );
      else look(placeholder.name, place, written);
      if (placeholder.kind === 'legacy')
        problems.report(
          'legacy-placeholder',
          place,
          `${written} is the old form of a placeholder`,
          `write {{${placeholder.name}}}`,
        );
      if (placeholder.kind === 'raw') checkRaw(use, known, problems);
    }
    // What a person is asked to do is filled in too; in words braces may stand for anything, so nothing is wrong there.
    if (unit.block === undefined)
      for (const { name } of placeholdersIn(unit.step.prose, known)) used.add(name);
    for (const { name, place } of namesOf(unit)) {
      if (name !== 'nodes' || unit.options.forEach?.list !== 'nodes') look(name, place, name);
    }
  });
  reportUnused(runbook, used, problems);
}

function suggestion(name: string, names: readonly string[]): string {
  const nearest = nearestWord(name, names);
  return nearest === undefined ? `add ${name} to params:` : `did you mean ${nearest}?`;
}

function checkRaw(
  { place, written, placeholder }: Use,
  known: ReadonlySet<string>,
  problems: Reporter,
): void {
  problems.report(
    'raw-placeholder',
    place,
    `${written} is not quoted`,
    `write {{${placeholder.name}}} unless it stands for several words`,
  );
  if (!known.has(placeholder.name))
    problems.report(
      'unsafe-placeholder',
      place,
      `${written} is no parameter`,
      `only parameters, which are approved, may be raw: write {{${placeholder.name}}}`,
    );
}

function checkSecret(runbook: Runbook, use: Use, problems: Reporter): void {
  const { place, written, placeholder, where } = use;
  if (runbook.frontMatter.secrets?.[placeholder.name] === undefined) {
    problems.report(
      'unknown-secret',
      place,
      `${written} is not declared`,
      `add it to the front matter: secrets: { ${placeholder.name}: what it is }`,
    );
  }
  if (where === 'stdin' || where === 'header') return;
  problems.report(
    where === 'block' ? 'secret-in-command' : 'secret-misplaced',
    place,
    `${written} could be read in a process list or a log`,
    'secrets go on standard input, {stdin="{{secret:name}}"}, or into a header of an http block',
  );
}

function reportUnused(
  { parameters, frontMatter }: Runbook,
  used: ReadonlySet<string>,
  problems: Reporter,
): void {
  const source = JSON.stringify(frontMatter.source ?? {});
  for (const { name, place } of parameters) {
    if (used.has(name) || source.includes(`{{${name}}}`)) continue;
    problems.report(
      'unused-parameter',
      place,
      `the parameter ${name} is not used`,
      `write {{${name}}} where it belongs, or remove it`,
    );
  }
}
