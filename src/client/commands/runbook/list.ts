import type { Command } from 'commander';
import { exitCodes, type ExitCode } from '../../../domain/exitCodes';
import { calleesIn, listRunbooks, type RunbookFile } from '../../../runbooks/catalogue';
import type { CheckedRunbook } from '../../../runbooks/check/check';
import { checkFile } from '../../../runbooks/check/file';
import { openShellParser } from '../../../runbooks/shell/tree';
import { runbookFolder } from '../../runbooks/folder';
import type { Session } from '../../session';
import { rowTable, type RowColumn } from '../../view/rowTable';
import { examples } from '../shared';

/** `pxm runbook list`: what is there. */
export function addListCommand(runbook: Command, session: Session): void {
  const command = runbook
    .command('list')
    .summary('list the runbooks')
    .description(
      'Lists the runbooks beside the configuration, and those that are shipped. Errors: pxm runbook check says more.',
    );
  examples(command, [['pxm runbook list', 'what is there']]).action(async () => {
    session.exitCode = await list(session);
  });
}

interface Row {
  readonly name: string;
  readonly imageType: string;
  readonly description: string;
  readonly origin: 'own' | 'shipped';
  readonly errors: number;
  readonly warnings: number;
  readonly file: string;
}

const columns: readonly RowColumn<Row>[] = [
  { title: 'runbook', cell: (it) => it.name },
  { title: 'image', cell: (it) => it.imageType },
  { title: 'from', cell: (it) => it.origin },
  { title: 'state', cell: stateOf },
  { title: 'description', cell: (it) => it.description, gives: true },
];

async function list(session: Session): Promise<ExitCode> {
  const folder = runbookFolder(session);
  const files = listRunbooks(folder);
  const parser = await openShellParser();
  const callees = calleesIn(files);
  const runbooks = files.map((it) => rowOf(it, checkFile(it.file, parser, callees)));
  const text =
    runbooks.length === 0
      ? `There are no runbooks in ${folder}.`
      : rowTable(session.output, columns, runbooks);
  session.output.result({ folder, runbooks, exitCode: exitCodes.done }, text);
  return exitCodes.done;
}

function rowOf({ name, file, isShipped }: RunbookFile, { runbook, problems }: CheckedRunbook): Row {
  const count = (severity: 'error' | 'warning') => problems.filter((it) => it.severity === severity).length;
  return {
    name,
    imageType: runbook?.frontMatter.image_type ?? 'none',
    // Of a file that is no runbook at all the reason says more.
    description: runbook === undefined ? (problems[0]?.message ?? '') : runbook.frontMatter.description,
    origin: isShipped ? 'shipped' : 'own',
    errors: count('error'),
    warnings: count('warning'),
    file,
  };
}

function stateOf({ errors, warnings }: Row): string {
  if (errors > 0) return `${errors} error${errors === 1 ? '' : 's'}`;
  return warnings > 0 ? `${warnings} warning${warnings === 1 ? '' : 's'}` : 'ok';
}
