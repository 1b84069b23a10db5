import type { Command } from 'commander';
import { z } from 'zod';
import type { TaskSummary } from '../../domain/clusterReading';
import { showReading } from '../reading/show';
import { shownRows } from '../reading/showRows';
import { sorted, type SortKeys } from '../reading/sorting';
import type { Session } from '../session';
import { taskTable } from '../view/taskTable';
import { readingOptions, repeatable, repeatableChoice, withSorting, withWatch } from './readingOptions';
import { examples, positiveInteger } from './shared';

const keys: SortKeys<TaskSummary> = {
  // Times rise like texts: the newest is the largest.
  started: { value: (task) => task.startedAt, largestFirst: true },
  ended: { value: (task) => task.endedAt, largestFirst: true },
  node: { value: (task) => task.node },
  type: { value: (task) => task.type },
  user: { value: (task) => task.user },
  status: { value: (task) => task.outcome },
};

const outcomes = ['running', 'ok', 'warning', 'error', 'unknown'] as const;

/** `pxm tasks`: what Proxmox does and did. */
export function addTasksCommand(program: Command, session: Session): void {
  const command = program
    .command('tasks')
    .summary('list running and recent tasks of Proxmox')
    .description(
      'Lists running and recent tasks of Proxmox, newest first, each from the node that it runs on. A task of a node that does not answer is unknown, unless it had ended before. Exits 1 where a node does not answer.',
    )
    .addOption(repeatable('--node <node>', 'only of this node'))
    .addOption(repeatableChoice('--status <status>', 'only running, or ended so', outcomes))
    .option('--type <type>', 'only of this type, e.g. qmigrate')
    .option('--guest <guest>', 'only of this guest: its VMID, or its name if no other has the same')
    .option('--limit <n>', 'at most so many', limitNumber, 30);
  withWatch(withSorting(command, keys, 'started'));
  examples(command, [
    ['pxm tasks --status running', 'what is going on'],
    ['pxm tasks --status error --limit 10', 'what failed lately'],
    ['pxm tasks --guest 101 --type qmigrate', 'when a guest was moved'],
  ]).action(async () => {
    const { node, status, type, guest, limit, ...given } = options.parse(command.opts());
    const question = {
      nodes: node,
      outcomes: status,
      limit,
      ...(type === undefined ? {} : { type }),
      ...(guest === undefined ? {} : { guest }),
    };
    session.exitCode = await showReading(session, given.watch, async (reader) => {
      const list = await reader.read({ view: 'tasks', question });
      const tasks = sorted(list.tasks, keys, given.sort, given.reverse);
      return shownRows(session.output, { ...list, tasks }, { what: 'task', rows: tasks, table: taskTable });
    });
  });
}

const options = readingOptions.extend({
  node: z.array(z.string()).default([]),
  status: z.array(z.enum(outcomes)).default([]),
  type: z.string().min(1).optional(),
  guest: z.string().min(1).optional(),
  limit: z.number(),
});

/** A node keeps about a thousand; more than ten times that is a mistake. */
const limitAtMost = 10_000;

function limitNumber(text: string): number {
  return Math.min(positiveInteger(text), limitAtMost);
}
