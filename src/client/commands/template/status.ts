import type { Command } from 'commander';
import { exitCodeOfReading, showReading } from '../../reading/show';
import type { Session } from '../../session';
import { readingNotes } from '../../view/readingCells';
import { templateStatus } from '../../view/templateStatus';
import { examples } from '../shared';

/** `pxm template status`: which node has which version. */
export function addStatusCommand(template: Command, session: Session): void {
  const command = template
    .command('status')
    .argument('[template]', 'one only: its name')
    .summary('which node has which version, which lacks it, and its linked clones')
    .description(
      'Shows for each template which node has which version, which nodes have its storage for themselves and lack it, and the linked clones of each copy. On LVM-thin nothing tells which clones are linked; there they do not need the template either.',
    );
  examples(command, [
    ['pxm template status', 'all templates'],
    ['pxm template status debian-13', 'may an old version go?'],
  ]).action(async (name: string | undefined) => {
    const question = { volumes: true, ...(name === undefined ? {} : { name }) };
    session.exitCode = await showReading(session, undefined, async (reader) => {
      const list = await reader.read({ view: 'templates', question });
      return {
        document: list,
        text: () => templateStatus(session.output, list.templates),
        notes: readingNotes(session.output, list),
        exitCode: exitCodeOfReading(list),
      };
    });
  });
}
