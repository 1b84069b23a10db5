import { namesIn } from '../domain/runbook/expression';
import type { Position } from '../config/yamlDocument';
import { placeholdersIn, type Placeholder } from './parse/placeholders';
import type { Fragment } from './source';
import type { Unit } from './sequence';

/** A placeholder where it stands. */
export interface Use {
  readonly placeholder: Placeholder;
  readonly place: Position;
  /** As it is written. */
  readonly written: string;
  /** What it stands in. */
  readonly where: 'block' | 'stdin' | 'header' | 'on' | 'file' | 'expectation';
}

/** A name that a condition or a loop asks for. */
export interface NameUse {
  readonly name: string;
  readonly place: Position;
}

/** All placeholders of a unit, in its block and in its attributes. */
export function usesOf({ block, options }: Unit, known: ReadonlySet<string>): readonly Use[] {
  const headers = block?.call?.headers.map(({ value }) => value) ?? [];
  const inHeader = (place: Position) =>
    headers.some(({ text, place: at }) => isInside(place, at(0), text.length));
  const inBlock = (block?.placeholders ?? []).map((placeholder): Use => {
    const content = block?.content.text ?? '';
    const place = block?.content.place(placeholder.start) ?? { line: 1, column: 1 };
    const written = content.slice(placeholder.start, placeholder.end);
    return { placeholder, place, written, where: inHeader(place) ? 'header' : 'block' };
  });
  const expectations = [...(block?.expectations ?? []), ...options.expectations];
  return [
    ...inBlock,
    ...inFragment(options.stdin, 'stdin', known),
    ...inFragment(options.on, 'on', known),
    ...inFragment(options.file, 'file', known),
    ...expectations.flatMap(({ placeholders, place }) =>
      placeholders.map((placeholder): Use => ({
        placeholder,
        place,
        written: `{{${placeholder.name}}}`,
        where: 'expectation',
      })),
    ),
  ];
}

/** The names that a unit's conditions and loop ask for; `output` is not one of them. */
export function namesOf({ block, options }: Unit): readonly NameUse[] {
  const { when, unless, forEach } = options;
  const conditions = [when, unless].flatMap((it) =>
    it === undefined ? [] : namesIn(it.expression).map((name) => ({ name, place: it.place })),
  );
  const compared = [...(block?.expectations ?? []), ...options.expectations].flatMap(
    ({ expectation, place }) =>
      expectation.kind === 'holds'
        ? namesIn(expectation.condition).flatMap((name) => (name === 'output' ? [] : [{ name, place }]))
        : [],
  );
  const loop = forEach === undefined ? [] : [{ name: forEach.list, place: forEach.place }];
  return [...conditions, ...compared, ...loop];
}

function inFragment(fragment: Fragment | undefined, where: Use['where'], known: ReadonlySet<string>): Use[] {
  if (fragment === undefined) return [];
  return placeholdersIn(fragment.text, known).map((placeholder) => ({
    placeholder,
    place: fragment.place(placeholder.start),
    written: fragment.text.slice(placeholder.start, placeholder.end),
    where,
  }));
}

function isInside(place: Position, start: Position, length: number): boolean {
  return place.line === start.line && place.column >= start.column && place.column < start.column + length;
}
