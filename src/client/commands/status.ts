import type { Command } from 'commander';
import { exitCodes } from '../../domain/exitCodes';
import { readOpenOperations } from '../reading/openOperations';
import { exitCodeOfReading, showReading } from '../reading/show';
import type { Session } from '../session';
import { healthView } from '../view/healthView';
import { readingNotes } from '../view/readingCells';
import { readingOptions, withWatch } from './readingOptions';
import { examples } from './shared';

/** `pxm status`: the cluster on one screen. */
export function addStatusCommand(program: Command, session: Session): void {
  const command = program
    .command('status')
    .summary('the cluster on one screen')
    .description(
      'Shows the cluster on one screen: quorum, HA, nodes with CPU and memory, guests, storages with use, running tasks, open operations. Changes nothing. Exits 1 where a node does not answer or there is no quorum; what is known is shown all the same. Without the API token here a worker is asked.',
    );
  withWatch(command);
  examples(command, [
    ['pxm status', 'now'],
    ['pxm status --watch', 'and again every 5 s'],
    ["pxm status --json | jq '.nodes[].cpuShare'", 'for programs'],
  ]).action(async () => {
    const { watch } = readingOptions.parse(command.opts());
    session.exitCode = await showReading(session, watch, async (reader) => {
      const [health, operations] = await Promise.all([
        reader.read({ view: 'health', question: {} }),
        readOpenOperations(session),
      ]);
      return {
        document: { ...health, operations },
        text: () => healthView(session.output, health, operations),
        notes: readingNotes(session.output, health),
        exitCode: health.quorate ? exitCodeOfReading(health) : exitCodes.incomplete,
      };
    });
  });
}
