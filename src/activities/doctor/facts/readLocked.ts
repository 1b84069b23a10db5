import { clusterResources } from '../../../proxmox/api/cluster';
import type { TaskRow } from '../../../proxmox/api/tasks';
import type { Fact, Mask } from './fact';
import { factOf, known } from './fact';
import type { CheckupFacts, GuestResource, LockedGuests, NodeFacts } from './facts';
import type { Asking } from './readCluster';
import { runningTasks } from './readNode';

/** A hibernated guest keeps this lock, and nothing runs. */
const locksWithoutTask: ReadonlySet<string> = new Set(['suspended']);

/**
 * Guests that are locked while none of their tasks runs. The lists were not read at one moment, so a lock that looks
 * left behind is looked at once more, and so are the tasks.
 */
export async function readLocked(
  asking: Pick<Asking, 'client' | 'signal'>,
  guests: CheckupFacts['guests'],
  nodes: readonly NodeFacts[],
): Promise<Fact<LockedGuests>> {
  if (!guests.known) return guests;
  const first = judge(guests.value, nodes.map(tasksOf));
  if (first.left.length === 0) return known(first);
  const options = asking.signal === undefined ? {} : { signal: asking.signal };
  return factOf(
    (async () => {
      const suspects = new Set(first.left.map(({ vmid }) => vmid));
      const [rows, lists] = await Promise.all([
        clusterResources(asking.client, 'vm', options),
        Promise.all(nodes.map((it) => tasksAgain(asking, it))),
      ]);
      const second = judge(
        rows.filter(({ vmid }) => suspects.has(vmid)),
        lists,
      );
      return { left: second.left, unclear: [...first.unclear, ...second.unclear] };
    })(),
  );
}

/** The running tasks of one node, or what keeps them from being known. */
interface TasksOfNode {
  readonly node: string;
  readonly tasks: Fact<readonly TaskRow[]>;
}

function tasksOf({ node, tasks }: NodeFacts): TasksOfNode {
  return { node: node.name, tasks };
}

async function tasksAgain(
  { client, signal }: Pick<Asking, 'client' | 'signal'>,
  facts: NodeFacts,
): Promise<TasksOfNode> {
  const { tasks, node } = facts;
  if (!tasks.known) return tasksOf(facts);
  const options = signal === undefined ? {} : { signal };
  return { node: node.name, tasks: await factOf(runningTasks(client, node.name, options)) };
}

function judge(guests: readonly GuestResource[], lists: readonly TasksOfNode[]): LockedGuests {
  const running = lists.flatMap(({ node, tasks }) =>
    tasks.known ? tasks.value.map((task) => ({ ...task, node })) : [],
  );
  const locked = guests.filter(({ lock }) => lock !== undefined && !locksWithoutTask.has(lock));
  const unexplained = locked.filter((guest) => !running.some((task) => explains(task, guest)));
  const masks = unexplained.map((guest) => ({ guest, mask: maskOf(guest, lists) }));
  return {
    left: masks.flatMap(({ guest, mask }) => (mask === undefined ? [guest] : [])),
    unclear: masks.flatMap(({ guest, mask }) => (mask === undefined ? [] : [{ guest, mask }])),
  };
}

/**
 * A task names the guest that it works on, but for two: a clone's task names the source (observed: VMID and
 * create/clone), and a backup of several guests names none.
 */
function explains(task: TaskRow & { readonly node: string }, { vmid, lock, node }: GuestResource): boolean {
  if (task.id === String(vmid)) return true;
  if (lock === 'clone') return task.type === 'qmclone' || task.type === 'vzclone';
  return lock === 'backup' && task.type === 'vzdump' && task.node === node;
}

/** The tasks of the guest's own node decide; those of a clone may run on any. */
function maskOf({ node, lock }: GuestResource, lists: readonly TasksOfNode[]): Mask | undefined {
  const silent = lists.find((it) => !it.tasks.known && (lock === 'clone' || it.node === node));
  if (silent === undefined || silent.tasks.known) return undefined;
  if ('mask' in silent.tasks) return silent.tasks.mask;
  return { check: 'locks', fault: `the tasks of ${silent.node} could not be read` };
}
