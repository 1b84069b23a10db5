import type { LeaseHolder, LedgerView } from '../../domain/lease';
import type {
  ClusterLook,
  ListedMachine,
  MarkedMember,
  SeenAddress,
  TemplateCopyView,
} from '../../planning/cluster/facts';
import { macsIn } from '../../planning/cluster/macs';
import { configuredAddresses, seenMember } from '../../planning/cluster/seen';
import { othersLeases } from '../../planning/rules/ledger';
import type { MarkedGuest } from '../../planning/template/facts';
import { namesInForce, versionsOf } from '../../planning/template/versions';
import { guestInWords } from '../../planning/words';
import { clusterResources, clusterStatus, haResources } from '../../proxmox/api/cluster';
import { qemuConfig, type GuestConfig } from '../../proxmox/api/guests';
import { haStatus } from '../../proxmox/api/haStatus';
import { poolNames } from '../../proxmox/api/pools';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { markedGuest } from '../guests/guest';
import { inTurn, progressCounter, type ProgressCounter } from '../inspection/inTurn';
import { readPrivileges, requireFullView } from '../inspection/privileges';
import type { LedgerClient } from '../ledger/client';
import { isCode } from '../shared/adoption';
import { heldPrivileges } from './held';
import { lookAtNode, type SeenNode } from './lookAtNode';

/** What is looked for beside what every look shows. */
export interface LookWish {
  /** The cluster: guests whose names begin with it are read, for their markers. */
  readonly profile: string;
  /** The template whose copies are looked for. */
  readonly template?: string;
  /** The pool of the cluster: its guests are read too. */
  readonly pool?: string;
  /** Whether addresses of all guests are needed: each costs a request. */
  readonly addresses: boolean;
  /** VMIDs of members, of machines of a plan, of those that are to be adopted: whatever has them is read. */
  readonly vmids: readonly number[];
  /** Configurations of machines that run as they are in force, without what waits for their next start. */
  readonly inForce?: true;
  /** Whose own leases do not count. */
  readonly holder?: LeaseHolder;
}

/** What a look is made with. */
export interface LookDependencies {
  readonly client: ProxmoxClient;
  readonly ledger: Pick<LedgerClient, 'view'>;
}

/**
 * Looks at the cluster; changes nothing. Run states come from the lists of the nodes themselves, which have VMIDs where is
 * the cluster's own list; each configuration is one request. Throws PermissionMissing if lists could be incomplete.
 */
export async function lookForCluster(
  { client, ledger }: LookDependencies,
  wish: LookWish,
  { onProgress, ...options }: CallOptions & { readonly onProgress?: (done: number, total: number) => void },
): Promise<ClusterLook> {
  const [privileges, status] = await Promise.all([
    readPrivileges(client, options.signal),
    clusterStatus(client, options),
  ]);
  requireFullView(privileges);
  const held = heldPrivileges(privileges);
  const [resources, ha, managed, pools, leases] = await Promise.all([
    clusterResources(client, 'vm', options),
    haStatus(client, options),
    haResources(client, options),
    readPools(client, wish, held.holds, options),
    ledger.view(),
  ]);
  const progress = progressCounter(onProgress);
  const maintenance = new Set(ha.maintenanceNodes);
  const nodes = await inTurn(
    status.nodes,
    (node) => lookAtNode(client, { ...node, inMaintenance: maintenance.has(node.name) }, options),
    progress,
  );
  const guests = mergedGuests(resources, nodes);
  const pooled = new Set(
    resources.filter(({ pool }) => pool !== undefined && pool === wish.pool).map(({ vmid }) => vmid),
  );
  const read = await readMachines(client, guests, nodes, { ...wish, pooled }, options, progress);
  const members = read.map(({ seen }) => seen);
  const wanted = new Set(wish.vmids);
  const othersLeases = leasesOfOthers(leases, wish.holder);
  return {
    nodes: nodes.map(({ view }) => view).toSorted((one, other) => one.name.localeCompare(other.name)),
    guests,
    marked: members.filter(({ marker }) => marker !== undefined),
    members: members.filter(({ vmid }) => wanted.has(vmid)),
    ...templatesSeen(wish.template, read),
    addresses: wish.addresses ? [...members.flatMap(addressesOf), ...leasedAddresses(othersLeases)] : [],
    macs: members.flatMap(({ keys }) => macsIn(keys)),
    ...(pools === undefined ? {} : { pools }),
    haManaged: managed.filter(({ state }) => state !== 'ignored').flatMap(({ sid }) => vmidOf(sid)),
    privileges: held,
    othersLeases,
    warnings: [...tlsWarnings(client), ...nodes.flatMap(({ warnings }) => warnings)],
  };
}

/** Names, run states and templates as the nodes themselves have them; of a node that does not answer as they were last. */
function mergedGuests(
  resources: Awaited<ReturnType<typeof clusterResources<'vm'>>>,
  nodes: readonly SeenNode[],
): readonly ListedMachine[] {
  const fresh = new Map(nodes.flatMap(({ guests }) => guests.map((guest) => [guest.vmid, guest] as const)));
  const listed = resources.map((row): ListedMachine => {
    const { vmid, node, name = '', type: kind, template, status, maxmem = 0, pool } = row;
    const guest = { vmid, node, name, kind, template, running: status === 'running', memoryBytes: maxmem };
    return pool === undefined ? guest : { ...guest, pool };
  });
  const known = new Set(listed.map(({ vmid }) => vmid));
  return [
    ...listed.map((guest) => ({ ...guest, ...fresh.get(guest.vmid) })),
    ...[...fresh.values()].filter(({ vmid }) => !known.has(vmid)),
  ].toSorted((one, other) => one.vmid - other.vmid);
}

/** A virtual machine that was read. */
interface ReadMachine {
  readonly seen: MarkedMember;
  readonly config: GuestConfig;
}

/** A wish, with the guests that are in its pool. */
type WishWithPool = LookWish & { readonly pooled: ReadonlySet<number> };

/** Reads the configurations that are needed, of machines on nodes that answer. */
async function readMachines(
  client: ProxmoxClient,
  guests: readonly ListedMachine[],
  nodes: readonly SeenNode[],
  { profile, template, addresses, vmids, pooled, inForce }: WishWithPool,
  options: CallOptions,
  progress: ProgressCounter,
): Promise<readonly ReadMachine[]> {
  const answering = new Set(nodes.filter(({ view }) => view.online).map(({ view }) => view.name));
  const isNeeded = (guest: ListedMachine) =>
    addresses ||
    vmids.includes(guest.vmid) ||
    pooled.has(guest.vmid) ||
    guest.name.startsWith(`${profile}-`) ||
    (template !== undefined && guest.template);
  const needed = guests.filter(
    (guest) => guest.kind === 'qemu' && answering.has(guest.node) && isNeeded(guest),
  );
  const asked = (running: boolean) => (inForce === true && running ? { ...options, current: true } : options);
  const read = await inTurn(needed, (guest) => readMachine(client, guest, asked(guest.running)), progress);
  return read.flatMap((it) => it ?? []);
}

/** Undefined: it went meanwhile. */
async function readMachine(
  client: ProxmoxClient,
  { vmid, node, running }: ListedMachine,
  options: CallOptions & { readonly current?: boolean },
): Promise<ReadMachine | undefined> {
  try {
    const config = await qemuConfig(client, { node, vmid }, options);
    return { seen: seenMember({ vmid, node, running }, config.keys), config };
  } catch (error) {
    if (isCode(error, 'GuestNotFound')) return undefined;
    throw error;
  }
}

/** The copies of the template that is asked for, and which templates there are, by their markers. */
function templatesSeen(
  template: string | undefined,
  read: readonly ReadMachine[],
): Pick<ClusterLook, 'copies' | 'templates'> {
  if (template === undefined) return { copies: [] };
  const guests = read.map(({ seen, config }) => markedGuest(seen, config));
  return { copies: copiesOf(template, guests, read), templates: namesInForce(guests) };
}

/** The copies of the newest version that has passed its boot test. */
function copiesOf(
  template: string,
  guests: readonly MarkedGuest[],
  read: readonly ReadMachine[],
): readonly TemplateCopyView[] {
  const byVmid = new Map(read.map(({ seen, config }) => [seen.vmid, config]));
  const [inForce] = versionsOf(template, guests);
  if (inForce === undefined) return [];
  const { generation, copies } = inForce;
  return copies.map(({ node, vmid }) => ({
    ...{ node, vmid, template, generation },
    keys: byVmid.get(vmid)?.keys ?? new Map<string, string>(),
  }));
}

function addressesOf({ vmid, name, keys }: MarkedMember): readonly SeenAddress[] {
  const by = guestInWords({ kind: 'qemu', vmid, name });
  return configuredAddresses(keys).map((address) => ({ address, vmid, by }));
}

function leasedAddresses({ addresses }: LedgerView): readonly SeenAddress[] {
  return addresses.map(({ address, holder }) => ({ address, by: holder.workflowId }));
}

/** What may not be seen is not judged: the clone itself says where there is no such pool. */
async function readPools(
  client: ProxmoxClient,
  { pool }: LookWish,
  holds: ClusterLook['privileges']['holds'],
  options: CallOptions,
): Promise<readonly string[] | undefined> {
  if (pool === undefined || !holds('Pool.Audit', `/pool/${pool}`)) return undefined;
  return poolNames(client, options);
}

function leasesOfOthers(view: LedgerView, holder: LeaseHolder | undefined): LedgerView {
  return holder === undefined ? view : othersLeases(view, holder);
}

function vmidOf(sid: string): readonly number[] {
  const digits = /^vm:(\d+)$/.exec(sid)?.[1];
  return digits === undefined ? [] : [Number(digits)];
}

function tlsWarnings({ tls }: ProxmoxClient): readonly string[] {
  return tls === 'insecure' ? ['Certificates are not verified: tls is insecure in the configuration.'] : [];
}
