import type { Runbook } from '../ast';
import { parseRunbook } from '../parse/runbook';
import type { RunbookProblem } from '../problems';
import { unitsOf } from '../sequence';
import type { ShellParser } from '../shell/tree';
import { checkCalls, type Callee } from './calls';
import { checkFlow } from './flow';
import { checkLabels } from './labels';
import { checkNames } from './names';
import { checkShell } from './shell';
import { checkTranslations } from './translations';
import { checkValues } from './values';

/** A runbook that was read and looked at. */
export interface CheckedRunbook {
  /** Absent where the file could not be read as one at all. */
  readonly runbook?: Runbook;
  /** All problems, in the order of the file. Without errors it can be planned. */
  readonly problems: readonly RunbookProblem[];
}

/**
 * Reads and checks the bytes of a runbook. Never throws for what is in them. `callees` are the runbooks that it may
 * call; without them calls are not looked into.
 */
export function checkRunbook(
  file: string,
  bytes: Uint8Array,
  parser: ShellParser,
  callees?: readonly Callee[],
): CheckedRunbook {
  const { runbook, problems } = parseRunbook(file, bytes);
  if (runbook === undefined) return { problems: problems.inOrder() };
  const units = unitsOf(runbook);
  checkNames(runbook, units, problems);
  checkLabels(runbook, units, problems);
  checkValues(runbook, units, problems);
  checkCalls(units, callees, problems);
  checkFlow(units, problems);
  checkShell(runbook, units, parser, problems);
  checkTranslations(runbook, units, parser, problems);
  return { runbook, problems: problems.inOrder() };
}
