import type { Command } from 'commander';
import { ManagerError, problem } from '../../../domain/errors';
import { exitCodes, type ExitCode } from '../../../domain/exitCodes';
import { count } from '../../../domain/rendering/text';
import {
  calleesIn,
  findRunbook,
  listRunbooks,
  readRunbookFile,
  type RunbookFile,
} from '../../../runbooks/catalogue';
import { checkFile, problemsOf } from '../../../runbooks/check/file';
import { describeRunbookProblems, type RunbookProblem } from '../../../runbooks/problems';
import { openShellParser } from '../../../runbooks/shell/tree';
import { fixesOf, writeFixes, type Fix } from '../../runbooks/fixes';
import { runbookFolder } from '../../runbooks/folder';
import type { Session } from '../../session';
import { examples } from '../shared';

/** `pxm runbook check`: every problem, with its place. */
export function addCheckCommand(runbook: Command, session: Session): void {
  const command = runbook
    .command('check')
    .argument('[runbook...]', 'names, or paths of files (default: all runbooks)')
    .option('--fix', 'write what can be mended: old placeholders, commands that the REST API can do')
    .summary('check runbooks: every problem with file, line and column')
    .description(
      'Checks runbooks and names every problem: file, line, column, and what to write instead. Nothing is connected to, nothing is run. What can be mended is shown as a difference, and written with --fix. Exits 2 where there are errors; warnings keep no runbook from being run.',
    );
  examples(command, [
    ['pxm runbook check', 'all runbooks'],
    ['pxm runbook check ./my-procedure.md', 'one file'],
    ['pxm runbook check my-procedure --fix', 'and write what can be mended'],
  ]).action(async (named: string[]) => {
    session.exitCode = await check(session, named, command.opts<{ fix?: true }>().fix === true);
  });
}

async function check(session: Session, named: readonly string[], fix: boolean): Promise<ExitCode> {
  const folder = runbookFolder(session);
  const all = listRunbooks(folder);
  const { files, missing } = named.length === 0 ? { files: all, missing: [] } : filesOf(folder, named);
  const parser = await openShellParser();
  const callees = calleesIn(all);
  const fixes = fixesOf(files, parser);
  if (fix) writeFixes(fixes);
  const problems = [...missing, ...files.flatMap(({ file }) => checkFile(file, parser, callees).problems)];
  const exitCode = problems.some(isError) ? exitCodes.badInput : exitCodes.done;
  const document = {
    runbooks: files.map(({ file }) => file),
    problems,
    fixes: fixes.map(({ file, difference }) => ({ file, difference, written: fix })),
    exitCode,
  };
  if (fixes.length > 0) session.output.note(fixText(fixes, fix));
  const warnings = problems.filter((it) => !isError(it));
  const checked = count(files.length + missing.length, 'runbook');
  const summary = `${checked} checked: ${count(problems.length - warnings.length, 'error')}, ${count(warnings.length, 'warning')}.`;
  if (exitCode === exitCodes.done) {
    const lines = warnings.length === 0 ? [] : [describeRunbookProblems(warnings)];
    session.output.result(document, [...lines, summary].join('\n'));
    return exitCode;
  }
  session.output.result(document, '');
  session.output.failure(
    problem('InputInvalid', {
      attempted: `check ${checked}`,
      failed: `${summary}\n${describeRunbookProblems(problems)}`,
      remedy: 'Correct the places named above; docs/runbooks.md describes the language.',
    }),
    exitCode,
  );
  return exitCode;
}

/** The files of several names; a single one has to be there. Throws ManagerError `NotFound` where it is not. */
function filesOf(folder: string, named: readonly string[]) {
  const files: RunbookFile[] = [];
  const missing: RunbookProblem[] = [];
  for (const name of named) {
    try {
      const found = findRunbook(folder, name);
      if (named.length === 1) readRunbookFile(found.file);
      files.push(found);
    } catch (error) {
      if (!(error instanceof ManagerError) || named.length === 1) throw error;
      missing.push(...problemsOf(name, error.problem));
    }
  }
  return { files, missing };
}

function fixText(fixes: readonly Fix[], isWritten: boolean): string {
  const head = isWritten ? 'Written:' : 'Can be mended with --fix:';
  return [head, ...fixes.map(({ difference }) => difference)].join('\n');
}

function isError({ severity }: RunbookProblem): boolean {
  return severity === 'error';
}
