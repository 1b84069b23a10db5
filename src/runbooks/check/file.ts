import { ManagerError, type Problem } from '../../domain/errors';
import { readRunbookFile } from '../catalogue';
import { Problems, type RunbookProblem } from '../problems';
import type { ShellParser } from '../shell/tree';
import type { Callee } from './calls';
import { checkRunbook, type CheckedRunbook } from './check';

/** Reads and checks a file, see checkRunbook. That it can't be read is a problem of it like any other. */
export function checkFile(file: string, parser: ShellParser, callees: readonly Callee[]): CheckedRunbook {
  try {
    return checkRunbook(file, readRunbookFile(file), parser, callees);
  } catch (error) {
    if (!(error instanceof ManagerError)) throw error;
    return { problems: problemsOf(file, error.problem) };
  }
}

/** The problem of a whole file, in the form of those that are found in one. */
export function problemsOf(file: string, { failed, remedy }: Problem): readonly RunbookProblem[] {
  const problems = new Problems(file);
  problems.report('file', { line: 1, column: 1 }, failed, remedy.replace(/\.$/, ''));
  return problems.inOrder();
}
