import type { Runbook } from '../ast';
import type { Reporter } from '../problems';
import type { Unit } from '../sequence';

/** Ids and captures that are there twice, or hide a parameter. */
export function checkNames({ parameters }: Runbook, units: readonly Unit[], problems: Reporter): void {
  const ids = new Map<string, number>();
  const names = new Map(parameters.map(({ name }) => [name, 'a parameter']));
  for (const { id, options, place } of units) {
    const at = options.id?.place ?? place;
    const first = ids.get(id);
    if (first !== undefined)
      problems.report(
        'duplicate-id',
        at,
        `the id ${id} is that of line ${first} too`,
        'give each step its own',
      );
    ids.set(id, first ?? at.line);
    for (const it of options.captures) {
      const other = names.get(it.name);
      if (other !== undefined)
        problems.report(
          'duplicate-name',
          it.place,
          `${it.name} is already ${other}`,
          'capture it under another name',
        );
      names.set(it.name, 'a capture');
    }
    if (options.forEach === undefined) continue;
    const other = names.get(options.as);
    if (other !== undefined)
      problems.report(
        'duplicate-name',
        options.forEach.place,
        `the item's name ${options.as} is already ${other}`,
        'name it otherwise: as=...',
      );
  }
}
