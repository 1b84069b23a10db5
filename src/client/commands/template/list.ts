import type { Command } from 'commander';
import { readingNotes } from '../../view/readingCells';
import { exitCodeOfReading, showReading } from '../../reading/show';
import type { Session } from '../../session';
import { strangerNotes, templateTable } from '../../view/templateTable';
import { examples } from '../shared';

/** `pxm template list`: every template with the version in force. */
export function addListCommand(template: Command, session: Session): void {
  const command = template
    .command('list')
    .summary('list templates: version in force, nodes, image, age')
    .description(
      'Lists the templates that proxmox-manager has made in the cluster: the version in force, the nodes that have it, its image, its age, older versions and what is unfinished. Templates that somebody else made are named below. Exits 1 where a node does not answer.',
    );
  examples(command, [
    ['pxm template list', 'what is there?'],
    ["pxm template list --json | jq -r '.templates[] | select(.unfinished != []) | .name'", 'for programs'],
  ]).action(async () => {
    session.exitCode = await showReading(session, undefined, async (reader) => {
      const list = await reader.read({ view: 'templates', question: { volumes: false } });
      const { output } = session;
      return {
        document: list,
        text: () =>
          list.templates.length === 0
            ? 'There are no templates of proxmox-manager. pxm template create makes one; pxm runbook list shows of what.'
            : templateTable(output, list),
        notes: [...strangerNotes(output, list.strangers), ...readingNotes(output, list)],
        exitCode: exitCodeOfReading(list),
      };
    });
  });
}
