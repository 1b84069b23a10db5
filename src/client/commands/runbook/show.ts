import type { Command } from 'commander';
import { exitCodes, type ExitCode } from '../../../domain/exitCodes';
import { findRunbook, readRunbookFile } from '../../../runbooks/catalogue';
import { checkRunbook } from '../../../runbooks/check/check';
import { isUsable } from '../../../runbooks/problems';
import { openShellParser } from '../../../runbooks/shell/tree';
import { runbookFolder } from '../../runbooks/folder';
import { outlineOf, outlineText } from '../../runbooks/outline';
import type { Session } from '../../session';
import { examples } from '../shared';

/** `pxm runbook show`: parameters and steps of one. */
export function addShowCommand(runbook: Command, session: Session): void {
  const command = runbook
    .command('show')
    .argument('<runbook>', 'its name, or the path of a file')
    .summary('show parameters and steps of a runbook')
    .description(
      'Shows what a runbook needs and does: parameters with their defaults, each step with who does it, what it does to the cluster, and when it is skipped. Exits 2 where it has errors.',
    );
  examples(command, [['pxm runbook show storage-check', 'what would it do?']]).action(
    async (named: string) => {
      session.exitCode = await show(session, named);
    },
  );
}

async function show(session: Session, named: string): Promise<ExitCode> {
  const { file } = findRunbook(runbookFolder(session), named);
  const parser = await openShellParser();
  const checked = checkRunbook(file, readRunbookFile(file), parser);
  const outline = outlineOf(checked, parser);
  const text = outline === undefined ? '' : outlineText(session.output, outline);
  const exitCode = isUsable(checked.problems) ? exitCodes.done : exitCodes.badInput;
  session.output.result({ file, ...outline, problems: checked.problems, exitCode }, text);
  if (exitCode !== exitCodes.done) session.output.note(`It has errors: pxm runbook check ${named}`);
  return exitCode;
}
