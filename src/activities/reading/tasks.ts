import type { TaskList, TaskSummary } from '../../domain/clusterReading';
import type { TaskFilter } from '../../domain/readRequest';
import { clusterResources } from '../../proxmox/api/cluster';
import { clusterTasks, nodeTasks, type TaskFilter as NodeTaskFilter } from '../../proxmox/api/tasks';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { askNodes } from './askNodes';
import type { ReadingDependencies } from './deps';
import { isWanted } from './filters';
import { readMembers, wantedMembers, type Members } from './members';
import { oneGuest } from './oneGuest';
import { incompleteness, readingBase } from './readingBase';
import { byStart, taskOfSilentNode, taskSummary } from './taskSummaries';

/**
 * The newest tasks that fit, each from the node it ran on; of a silent node those that it last told of. Two requests,
 * and two more for each node. Throws as {@link readGuests} does.
 */
export async function readTasks(deps: ReadingDependencies, filter: TaskFilter): Promise<TaskList> {
  const members = await readMembers(deps);
  const asked = wantedMembers(members, filter.nodes, deps.client.cluster);
  const vmid = await vmidOf(deps.client, members, filter.guest);
  const [warnings, { answers, unanswered }] = await Promise.all([
    incompleteness(deps, members.options),
    askNodes(deps, asked, (node, options) => tasksOf(deps.client, node, filter, vmid, options)),
  ]);
  const silent = new Set(unanswered.map(({ node }) => node));
  const told = silent.size === 0 ? [] : await clusterTasks(deps.client, members.options);
  const old = told.map(taskOfSilentNode).filter((task) => silent.has(task.node) && fits(task, filter, vmid));
  const tasks = [...answers.values(), old].flat().sort(byStart).slice(0, filter.limit);
  return { ...readingBase(deps, unanswered, warnings), tasks };
}

/** Running tasks of one node, from its own list. */
export async function runningTasksOf(
  client: ProxmoxClient,
  node: string,
  options: CallOptions,
): Promise<TaskSummary[]> {
  const rows = await nodeTasks(client, node, { source: 'active' }, options);
  return rows.filter((row) => row.running).map(taskSummary);
}

/** A VMID is taken as it is: a guest that is gone has tasks too. A name needs the list of guests. */
async function vmidOf(
  client: ProxmoxClient,
  members: Members,
  guest: string | undefined,
): Promise<number | undefined> {
  if (guest === undefined) return undefined;
  if (/^\d+$/.test(guest)) return Number(guest);
  return oneGuest(await clusterResources(client, 'vm', members.options), guest).vmid;
}

async function tasksOf(
  client: ProxmoxClient,
  node: string,
  filter: TaskFilter,
  vmid: number | undefined,
  options: CallOptions,
): Promise<TaskSummary[]> {
  const common: NodeTaskFilter = {
    ...(vmid === undefined ? {} : { vmid }),
    ...(filter.type === undefined ? {} : { typefilter: filter.type }),
  };
  const ended = filter.outcomes.filter((outcome) => outcome !== 'running');
  const wantsEnded = filter.outcomes.length === 0 || ended.length > 0;
  const wantsRunning = isWanted(filter.outcomes, 'running');
  const statusfilter = ended.length === 0 ? {} : { statusfilter: ended.join(',') };
  const archive: NodeTaskFilter = { ...common, ...statusfilter, source: 'archive', limit: filter.limit };
  const [running, past] = await Promise.all([
    wantsRunning ? nodeTasks(client, node, { ...common, source: 'active' }, options) : [],
    wantsEnded ? nodeTasks(client, node, archive, options) : [],
  ]);
  // The list of active ones also holds some that have ended: those are in the archive as well.
  return [...running.filter((row) => row.running), ...past].map(taskSummary);
}

function fits(task: TaskSummary, filter: TaskFilter, vmid: number | undefined): boolean {
  return (
    isWanted(filter.outcomes, task.outcome) &&
    (filter.type === undefined || filter.type === task.type) &&
    (vmid === undefined || task.object === String(vmid))
  );
}
