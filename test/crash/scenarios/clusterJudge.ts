import { z } from 'zod';
import type { GuestTruth, SimulatorControl } from '../../../simulator';
import type { StandInState } from '../../../standins/state/types';
import type { ClusterView } from '../../../src/domain/cluster/messages';
import { clusterMessages, clusterWorkflowId } from '../../../src/domain/names';
import { parseMemberMarker } from '../../../src/planning/cluster/marker';
import { until } from '../wait';
import { asideNameOf, copies, nameOf, others, profile, repository, type Machine } from './clusterCluster';
import type { Remains } from './scenario';

/** What there has to be at the end. */
export interface Goal {
  /** The machines of the cluster, those that stayed and those that were made. */
  readonly after: readonly Machine[];
  /** VMIDs that were made: each cloned once. */
  readonly made: readonly number[];
  /** VMIDs that were deleted: each once. */
  readonly deleted: readonly number[];
  /** What Proxmox says of the first disk of those that were made, such as `size=4G`. */
  readonly disk?: string;
  /** Flux was put in. */
  readonly hasFlux?: true;
  /** The machines of the cluster are set aside: off, under another name. */
  readonly isAside?: true;
}

/**
 * What is wrong with the machines as Proxmox has them: each that is wanted is there, whole and marked as the cluster's; there
 * is no other one; each clone and each deletion was begun once; nothing was asked of strangers but to be read.
 */
export function machineProblems(control: SimulatorControl, goal: Goal): string[] {
  const { after, made, deleted } = goal;
  const guests = control.guests();
  const wanted = new Set(after.map(({ vmid }) => vmid));
  return [
    ...after.flatMap((machine) => {
      const guest = guests.find(({ vmid }) => vmid === machine.vmid);
      return guest === undefined ? [`there is no ${nameOf(machine)}`] : guestProblems(guest, machine, goal);
    }),
    ...guests
      .filter(({ vmid }) => !wanted.has(vmid) && !others.has(vmid))
      .map(({ vmid, name }) => `there is a VM ${vmid} (${name})`),
    ...cloneProblems(control, made),
    ...deletionProblems(control, deleted),
    ...strangerProblems(control),
  ];
}

/** What a machine is called at the end. */
function endNameOf(machine: Machine, { isAside }: Goal): string {
  return isAside === true ? asideNameOf(machine) : nameOf(machine);
}

function guestProblems(
  { vmid, node, name, status, config, volumes }: GuestTruth,
  machine: Machine,
  goal: Goal,
): string[] {
  const marker = parseMemberMarker(config['description']);
  const isMarked =
    marker?.cluster === profile &&
    marker.vmid === vmid &&
    marker.role === machine.role &&
    marker.ordinal === machine.ordinal;
  const says = (key: string, text: string) =>
    config[key]?.includes(text) === true ? [] : [`${key} of VM ${vmid} is ${config[key] ?? 'not set'}`];
  return [
    ...(node === machine.node && status === (goal.isAside === true ? 'stopped' : 'running')
      ? []
      : [`VM ${vmid} is ${status} on ${node}`]),
    ...(name === endNameOf(machine, goal) ? [] : [`VM ${vmid} is called ${name}`]),
    ...(isMarked ? [] : [`VM ${vmid} is not marked as ${nameOf(machine)}`]),
    ...(config['protection'] === '1' ? [] : [`VM ${vmid} is not protected`]),
    ...says('ipconfig0', `ip=${machine.address}/24`),
    ...says('cores', '1'),
    ...says('memory', machine.role === 'cp' ? '2048' : '1024'),
    ...(goal.disk === undefined || !goal.made.includes(vmid) ? [] : says('scsi0', goal.disk)),
    ...volumes
      .filter((it) => it.node !== node)
      .map(({ volid }) => `${volid} of VM ${vmid} is not on ${node}`),
  ];
}

/**
 * A VMID that is taken on the node of the template is found at once, one on another node only by the clone's task (behaviour:
 * 5.13): that ends before anything is made.
 */
const refusedInTask = /^unable to create VM \d+: config file already exists$/;

function cloneProblems(control: SimulatorControl, made: readonly number[]): string[] {
  const tasks = control.cluster.tasks.all().filter(({ parts }) => parts.type === 'qmclone');
  const count = tasks.filter(({ exitStatus = '' }) => !refusedInTask.test(exitStatus)).length;
  return count === made.length ? [] : [`${count} clones were begun instead of ${made.length}`];
}

function deletionProblems(control: SimulatorControl, deleted: readonly number[]): string[] {
  const tasks = control.cluster.tasks.all().filter(({ parts }) => parts.type === 'qmdestroy');
  const ids = new Set([...tasks.map(({ parts }) => parts.id), ...deleted.map(String)]);
  return [...ids].flatMap((id) => {
    const count = tasks.filter(({ parts }) => parts.id === id).length;
    const wanted = deleted.includes(Number(id)) ? 1 : 0;
    return count === wanted ? [] : [`the deletion of VM ${id} was begun ${count} times instead of ${wanted}`];
  });
}

/** Of all that is not the cluster's only a copy of the template may be cloned. */
function strangerProblems(control: SimulatorControl): string[] {
  return control
    .requests()
    .filter(({ method }) => method !== 'GET')
    .flatMap(({ method, path }) => {
      const vmid = Number(/\/qemu\/(\d+)/.exec(path)?.[1]);
      const isClone = copies.has(vmid) && path.endsWith(`/${vmid}/clone`);
      return others.has(vmid) && !isClone ? [`a stranger was touched: ${method} ${path}`] : [];
    });
}

/** What is wrong inside of the machines: etcd begun once, its members and the nodes are these machines, Flux put in once. */
export function insideProblems(
  { standIns, simulator }: Pick<Remains, 'standIns' | 'simulator'>,
  { after, hasFlux, isAside }: Goal,
): string[] {
  if (standIns === undefined) return ['there are no stand-ins'];
  const state = standIns.state();
  const [cluster, ...more] = state.clusters;
  if (cluster === undefined) return ['no machine got a configuration'];
  const { bootstraps, hasSplitBrain, etcdMembers, nodes } = cluster;
  const begun = [
    ...(more.length === 0 ? [] : [`machines are of ${1 + more.length} clusters`]),
    ...(bootstraps.length === 1 && !hasSplitBrain
      ? []
      : [`etcd was bootstrapped ${bootstraps.length} times`]),
  ];
  // What goes as a whole is not told to leave.
  if (after.length === 0 || isAside === true) {
    return [...begun, ...unlike('machines that run', runningIn(state), [])];
  }
  const uuids = new Map(simulator.control.guests().map(({ vmid, config }) => [vmid, uuidIn(config)]));
  const identities = (machines: readonly Machine[]) =>
    machines.map((it) => `${nameOf(it)} ${uuids.get(it.vmid) ?? ''}`);
  const controlPlanes = after.filter(({ role }) => role === 'cp');
  return [
    ...begun,
    ...unlike(
      'the members of etcd',
      etcdMembers.map((it) => `${it.hostname} ${it.uuid}`),
      identities(controlPlanes),
    ),
    ...unlike(
      'the nodes',
      nodes.map((it) => `${it.name} ${it.uuid}`),
      identities(after),
    ),
    ...unlike('machines that run', runningIn(state), identities(after)),
    ...nodes.filter((it) => it.isUnschedulable).map((it) => `${it.name} takes no pods`),
    ...(hasFlux === true ? fluxProblems(state) : []),
  ];
}

function uuidIn(config: GuestTruth['config']): string {
  return /uuid=([0-9a-f-]{36})/i.exec(config['smbios1'] ?? '')?.[1]?.toLowerCase() ?? '';
}

function runningIn({ machines }: StandInState): string[] {
  return machines
    .filter(({ phase }) => phase === 'running')
    .map(({ uuid, configuration }) => `${configuration?.hostname ?? ''} ${uuid}`);
}

function unlike(what: string, found: readonly string[], wanted: readonly string[]): string[] {
  const [are, should] = [found, wanted].map((names) => names.toSorted().join(', '));
  return are === should ? [] : [`${what}: ${are ?? ''} instead of ${should ?? ''}`];
}

/** Two commits: its components, and what it synchronizes. */
function fluxProblems({ repositories, clusters }: StandInState): string[] {
  const commits = repositories[repository]?.length ?? 0;
  const kustomizations = clusters.flatMap((it) => it.kustomizations).length;
  return [
    ...(commits === 2 ? [] : [`${commits} commits were pushed`]),
    ...(kustomizations === 1 ? [] : [`there are ${kustomizations} Kustomizations`]),
  ];
}

const reportSchema = z.looseObject({
  outcome: z.string(),
  /** Why there is no plan. */
  problem: z.looseObject({ failed: z.string() }).optional(),
  machines: z.array(z.looseObject({ vmid: z.number(), outcome: z.string() })),
  members: z.array(z.looseObject({ name: z.string(), vmid: z.number(), state: z.string() })),
  steps: z.array(z.looseObject({ id: z.string(), outcome: z.string() })),
  talos: z.looseObject({ bootstrapped: z.boolean() }).optional(),
});

/** The report has to say that all is done, and who the members are. */
export function reportProblems(result: unknown, goal: Goal): string[] {
  const { after, made, deleted, isAside } = goal;
  const report = reportSchema.safeParse(result);
  if (!report.success) return ['the workflow returned no report'];
  const { outcome, problem, machines, members, steps, talos } = report.data;
  const told = machines.map((it) => `${it.vmid} ${it.outcome}`);
  const wanted = [
    ...made.map((it) => `${it} ready`),
    ...deleted.map((it) => `${it} deleted`),
    ...(isAside === true ? after.map(({ vmid }) => `${vmid} aside`) : []),
  ];
  return [
    ...(outcome === 'done'
      ? []
      : [`the report says ${[outcome, ...(problem === undefined ? [] : [problem.failed])].join(': ')}`]),
    ...unlike('machines of the report', told, wanted),
    ...unlike('members of the report', members.map(memberText), membersOf(goal)),
    ...steps
      .filter((step) => step.outcome !== 'done')
      .map(({ id, outcome: is }) => `the step ${id} is ${is}`),
    ...(after.length === 0 || talos?.bootstrapped === true ? [] : ['the report knows of no etcd']),
  ];
}

interface Told {
  readonly name: string;
  readonly vmid: number;
  readonly state: string;
}

function memberText({ name, vmid, state }: Told): string {
  return `${name} ${vmid} ${state}`;
}

function membersOf(goal: Goal): string[] {
  const state = goal.isAside === true ? 'aside' : 'ready';
  return goal.after.map((it) => memberText({ name: endNameOf(it, goal), vmid: it.vmid, state }));
}

/** What is wrong with what is kept of the cluster: the members, and that no operation is under way. */
export async function keeperProblems(
  { temporal, cluster }: Pick<Remains, 'temporal' | 'cluster'>,
  goal: Goal,
): Promise<string[]> {
  const { client, connection } = temporal.connected;
  const handle = client.workflow.getHandle(clusterWorkflowId(cluster, profile));
  let view: ClusterView | undefined;
  const look = async () => {
    view = await connection.withDeadline(Date.now() + 3_000, () =>
      handle.query<ClusterView>(clusterMessages.cluster),
    );
    return view.operation === undefined;
  };
  await until('the end of the operation where it is kept', () => look().catch(() => false), {
    ...{ withinMs: 30_000, everyMs: 200 },
  }).catch(() => undefined);
  if (view === undefined) return ['what keeps the cluster does not answer'];
  const { operation, record } = view;
  return [
    ...(operation === undefined ? [] : ['what keeps the cluster knows of no end']),
    ...unlike('members that are kept', (record?.members ?? []).map(memberText), membersOf(goal)),
  ];
}
