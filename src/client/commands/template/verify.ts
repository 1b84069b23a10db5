import type { Command } from 'commander';
import { exitCodes } from '../../../domain/exitCodes';
import { faultsOf } from '../../../planning/template/verification';
import { exitCodeOfReading, showReading } from '../../reading/show';
import type { Session } from '../../session';
import { faultView } from '../../view/templateFaults';
import { readingNotes } from '../../view/readingCells';
import { examples } from '../shared';

/** `pxm template verify`: is everything of it as it should be? */
export function addVerifyCommand(template: Command, session: Session): void {
  const command = template
    .command('verify')
    .argument('<template>', 'its name')
    .summary('check markers, disks and copies of a template')
    .description(
      'Checks every version of a template: its markers are intact, Proxmox counts it as a template, every disk is a base volume that its storage lists, all copies of a version are of one image, runbook and settings, and nothing half built is left. Says for each fault what to do. Exits 1 where something is broken or a node does not answer.',
    );
  examples(command, [
    ['pxm template verify debian-13', 'is it right?'],
    ["pxm template verify debian-13 --json | jq '.faults'", 'for programs'],
  ]).action(async (name: string) => {
    session.exitCode = await showReading(session, undefined, async (reader) => {
      const list = await reader.read({ view: 'templates', question: { name, volumes: true } });
      const faults = list.templates.flatMap((it) => faultsOf(it, list.strangers));
      const isBroken = faults.some(({ status }) => status === 'failed');
      return {
        document: { ...list, faults },
        text: () =>
          list.templates.map((it) => faultView(session.output, it, faults, list.unanswered)).join('\n\n'),
        notes: readingNotes(session.output, list),
        exitCode: isBroken ? exitCodes.incomplete : exitCodeOfReading(list),
      };
    });
  });
}
