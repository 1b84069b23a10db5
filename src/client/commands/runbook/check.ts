import type { Command } from 'commander';
import { problem } from '../../../domain/errors';
import { exitCodes, type ExitCode } from '../../../domain/exitCodes';
import { count } from '../../../domain/rendering/text';
import { calleesIn, findRunbook, listRunbooks, readRunbookFile } from '../../../runbooks/catalogue';
import { checkRunbook } from '../../../runbooks/check/check';
import { describeRunbookProblems, type RunbookProblem } from '../../../runbooks/problems';
import { openShellParser } from '../../../runbooks/shell/tree';
import { runbookFolder } from '../../runbooks/folder';
import type { Session } from '../../session';
import { examples } from '../shared';

/** `pxm runbook check`: every problem, with its place. */
export function addCheckCommand(runbook: Command, session: Session): void {
  const command = runbook
    .command('check')
    .argument('[runbook...]', 'names, or paths of files (default: all runbooks)')
    .summary('check runbooks: every problem with file, line and column')
    .description(
      'Checks runbooks and names every problem: file, line, column, and what to write instead. Nothing is connected to, nothing is run. Exits 2 where there are errors; warnings keep no runbook from being run.',
    );
  examples(command, [
    ['pxm runbook check', 'all runbooks'],
    ['pxm runbook check ./my-procedure.md', 'one file'],
  ]).action(async (named: string[]) => {
    session.exitCode = await check(session, named);
  });
}

async function check(session: Session, named: readonly string[]): Promise<ExitCode> {
  const folder = runbookFolder(session);
  const all = listRunbooks(folder);
  const files = named.length === 0 ? all : named.map((it) => findRunbook(folder, it));
  const parser = await openShellParser();
  const callees = calleesIn(all);
  const problems = files.flatMap(
    ({ file }) => checkRunbook(file, readRunbookFile(file), parser, callees).problems,
  );
  const exitCode = problems.some(isError) ? exitCodes.badInput : exitCodes.done;
  const document = { runbooks: files.map(({ file }) => file), problems, exitCode };
  const warnings = problems.filter((it) => !isError(it));
  const summary = `${count(files.length, 'runbook')} checked: ${count(problems.length - warnings.length, 'error')}, ${count(warnings.length, 'warning')}.`;
  if (exitCode === exitCodes.done) {
    const lines = warnings.length === 0 ? [] : [describeRunbookProblems(warnings)];
    session.output.result(document, [...lines, summary].join('\n'));
    return exitCode;
  }
  session.output.result(document, '');
  session.output.failure(
    problem('InputInvalid', {
      attempted: `check ${count(files.length, 'runbook')}`,
      failed: `${summary}\n${describeRunbookProblems(problems)}`,
      remedy: 'Correct the places named above; docs/runbooks.md describes the language.',
    }),
    exitCode,
  );
  return exitCode;
}

function isError({ severity }: RunbookProblem): boolean {
  return severity === 'error';
}
