import type { Command } from 'commander';
import { exitCodeOfReading, showReading } from '../../reading/show';
import type { Session } from '../../session';
import { readingNotes } from '../../view/readingCells';
import { strangerNotes } from '../../view/templateTable';
import { templateView } from '../../view/templateView';
import { examples } from '../shared';

/** `pxm template show`: all versions and copies of one, with where they come from. */
export function addShowCommand(template: Command, session: Session): void {
  const command = template
    .command('show')
    .argument('<template>', 'its name')
    .summary('show all versions and copies of a template, and where they come from')
    .description(
      'Shows every version of a template: image, digest, runbook, settings, who made it when by which operation; and each copy with its disks and linked clones. Then what was begun and is not in force.',
    );
  examples(command, [['pxm template show debian-13', 'what exactly is it made of?']]).action(
    async (name: string) => {
      session.exitCode = await showReading(session, undefined, async (reader) => {
        const list = await reader.read({ view: 'templates', question: { name, volumes: true } });
        const { output } = session;
        return {
          document: list,
          text: () => list.templates.map((it) => templateView(output, it, list.takenAt)).join('\n\n'),
          notes: [...strangerNotes(output, list.strangers), ...readingNotes(output, list)],
          exitCode: exitCodeOfReading(list),
        };
      });
    },
  );
}
