import type { Runbook } from '../ast';
import type { Reporter } from '../problems';
import type { Unit } from '../sequence';
import type { ShellParser } from '../shell/tree';
import { requestsFor } from '../translate/block';
import { requestLines } from '../translate/request';

/** Commands over SSH that the REST API can do: it needs no root, and its outcome can be known. */
export function checkTranslations(
  runbook: Runbook,
  units: readonly Unit[],
  parser: ShellParser,
  problems: Reporter,
): void {
  for (const unit of units) {
    const [first] = requestsFor(runbook, unit, parser) ?? [];
    if (first === undefined) continue;
    const [line = ''] = requestLines(first);
    const remedy = 'pxm runbook check --fix writes it';
    problems.report('rest-instead', unit.place, `the REST API can do this: ${line}`, remedy);
  }
}
