import type { Command } from 'commander';
import type { NodeSummary } from '../../domain/clusterReading';
import { showReading } from '../reading/show';
import { shownRows } from '../reading/showRows';
import { sorted, type SortKeys } from '../reading/sorting';
import type { Session } from '../session';
import { nodeTable } from '../view/nodeTable';
import {
  repeatable,
  repeatableChoice,
  rowFilterOf,
  rowFilterOptions,
  withSorting,
  withWatch,
} from './readingOptions';
import { examples } from './shared';

const keys: SortKeys<NodeSummary> = {
  name: { value: (node) => node.node },
  status: { value: (node) => node.status },
  cpu: { value: (node) => node.cpuShare, largestFirst: true },
  memory: { value: memoryShare, largestFirst: true },
  guests: { value: (node) => node.guests, largestFirst: true },
  uptime: { value: (node) => node.uptimeSeconds, largestFirst: true },
};

const statuses = ['online', 'offline', 'unknown', 'maintenance', 'fence'];

/** `pxm nodes`: the members of the cluster. */
export function addNodesCommand(program: Command, session: Session): void {
  const command = program
    .command('nodes')
    .summary('list nodes with CPU, memory, guests')
    .description(
      'Lists the nodes of the cluster with CPU, memory and guests, each as it shows itself. Exits 1 where a node does not answer.',
    )
    .addOption(repeatable('--node <node>', 'only this node'))
    .addOption(repeatable('--name <pattern>', 'only names that fit, with * and ?'))
    .addOption(repeatableChoice('--status <status>', 'only in this state', statuses));
  withWatch(withSorting(command, keys, 'name'));
  examples(command, [
    ['pxm nodes --sort memory', 'the fullest first'],
    ['pxm nodes --status offline --json', 'for programs'],
  ]).action(async () => {
    const given = rowFilterOptions.parse(command.opts());
    session.exitCode = await showReading(session, given.watch, async (reader) => {
      const list = await reader.read({ view: 'nodes', question: rowFilterOf(given) });
      const nodes = sorted(list.nodes, keys, given.sort, given.reverse);
      return shownRows(session.output, { ...list, nodes }, { what: 'node', rows: nodes, table: nodeTable });
    });
  });
}

function memoryShare({ memoryUsedBytes, memoryTotalBytes }: NodeSummary): number | undefined {
  if (memoryUsedBytes === undefined || memoryTotalBytes === undefined) return undefined;
  return memoryUsedBytes / memoryTotalBytes;
}
