import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ManagerError, problem } from '../../../domain/errors';
import { exitCodes, type ExitCode } from '../../../domain/exitCodes';
import { findRunbook, shippedFolder } from '../../../runbooks/catalogue';
import { runbookFolder } from '../../runbooks/folder';
import type { Session } from '../../session';
import { examples } from '../shared';

/** `pxm runbook new`: a file to fill in. */
export function addNewCommand(runbook: Command, session: Session): void {
  const command = runbook
    .command('new')
    .argument('<name>', 'small letters, digits, hyphens and dots')
    .option('--from <runbook>', 'begin with a copy of this one (default: the template)')
    .summary('write a new runbook to fill in')
    .description(
      'Writes runbooks/<name>.md beside the configuration: the template with an example of each kind of step, or a copy of another runbook. A file that is there already is not touched.',
    );
  examples(command, [
    ['pxm runbook new replace-disk', 'from the template'],
    ['pxm runbook new debian-13-small --from debian-13', 'a variation'],
  ]).action((name: string) => {
    session.exitCode = write(session, name, command.opts<{ from?: string }>().from);
  });
}

function write(session: Session, name: string, from: string | undefined): ExitCode {
  const folder = runbookFolder(session);
  const file = join(folder, `${name}.md`);
  if (!/^(?!.*\.md$)[a-z0-9][a-z0-9.-]{0,60}$/.test(name))
    refuse(
      name,
      'a name has small letters, digits, hyphens and dots, and no .md at its end',
      'Choose another name.',
    );
  if (existsSync(file)) refuse(name, `${file} is there already`, 'Choose another name, or edit that file.');
  const source = from === undefined ? join(shippedFolder, '_template.md') : findRunbook(folder, from).file;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, readFileSync(source, 'utf8').replace(/^name: .*$/m, `name: ${name}`), { flag: 'wx' });
  const text = `Wrote ${file}.\nFill it in, then: pxm runbook check ${name}`;
  session.output.result({ name, file, exitCode: exitCodes.done }, text);
  return exitCodes.done;
}

function refuse(name: string, failed: string, remedy: string): never {
  throw new ManagerError(problem('InputInvalid', { attempted: `write the runbook ${name}`, failed, remedy }));
}
