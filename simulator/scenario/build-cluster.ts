import { randomBytes } from 'node:crypto';
import { Broadcasts } from '../cluster/broadcasts';
import type { HaState } from '../cluster/ha-state';
import { nodesConnected, type NodeState } from '../cluster/nodes';
import type { NetworkSettings, Timings } from '../cluster/settings';
import type { ClusterState } from '../cluster/state';
import type { StorageState } from '../cluster/storages';
import { TopologyEvents } from '../cluster/topology';
import { version8, version9, type ProxmoxVersion } from '../cluster/version';
import { VolumeStore } from '../cluster/volumes';
import type { SimulatedClock } from '../clock';
import { ClusterNetwork } from '../network/live';
import { SeededRandom } from '../random';
import { FileLocks } from '../tasks/locks';
import { TaskRegistry } from '../tasks/registry';
import { buildAccess } from './build-access';
import { addGuest, generatedGuests } from './build-guests';
import type { Scenario } from './schema';
import { urlFactsOf } from './web-schema';

const sharedTypes = ['nfs', 'cifs', 'rbd', 'cephfs', 'pbs', 'iscsi', 'iscsidirect'];

/** Long enough ago for everybody to have noticed, in seconds. */
const longAgoSeconds = 3600;

/** The cluster that a scenario describes. */
export function buildCluster(scenario: Scenario, clock: SimulatedClock): ClusterState {
  const nodes = new Map(
    scenario.nodes.map((node, index) => [
      node.name,
      buildNode(node, index, clock, scenario.cluster !== null),
    ]),
  );
  const version = versionOf(scenario);
  const network = buildNetwork(scenario);
  const timings = buildTimings(scenario);
  const cluster: ClusterState = {
    name: scenario.cluster ?? undefined,
    version,
    clock,
    random: new SeededRandom(scenario.seed),
    nodes,
    storages: new Map(
      scenario.storages.map((storage) => [storage.id, buildStorage(storage, [...nodes.keys()])]),
    ),
    guests: new Map(),
    volumes: new VolumeStore(),
    access: buildAccess(scenario.access, version.major),
    options: new Map(Object.entries(scenario.options)),
    pools: new Map(
      scenario.pools.map(({ id, comment, storages }) => [id, { id, comment, storages: new Set(storages) }]),
    ),
    ha: buildHa(scenario),
    mappings: new Map(),
    network,
    transfers: new ClusterNetwork(clock, network, (one, other) => connected(nodes, one, other)),
    copies: copiesOf(clock, network),
    timings,
    tasks: new TaskRegistry(clock, (node) => nodes.get(node)?.bootedAt ?? 0),
    locks: new FileLocks(clock),
    broadcasts: new Broadcasts(clock, timings.broadcastExpirySeconds),
    topology: new TopologyEvents(),
    web: new Map(scenario.web.map((entry) => [entry.url, urlFactsOf(entry)])),
    uploads: new Map(),
    boots: new Map(),
    log: scenario.cluster_log.map((entry, index) => ({ uid: index + 1, ...entry })),
    certificateAuthorityPem: '',
    quorumTakenAway: false,
  };
  cluster.topology.onChange(() => cluster.transfers.topologyChanged());
  for (const guest of [...scenario.guests, ...scenario.generate.flatMap((group) => generatedGuests(group))]) {
    addGuest(cluster, guest);
  }
  addVolumes(cluster, scenario);
  for (const { upid, endtime, exitstatus, log } of scenario.tasks) {
    cluster.tasks.restore({ upid, endTime: endtime, exitStatus: exitstatus, log });
  }
  return cluster;
}

/** As a network: each storage is a place with one link, on which all copies arrive. */
function copiesOf(
  clock: SimulatedClock,
  { storageBytesPerSecond: linkBytesPerSecond }: NetworkSettings,
): ClusterNetwork | undefined {
  if (linkBytesPerSecond === undefined) return undefined;
  return new ClusterNetwork(clock, { linkBytesPerSecond, linkOfNode: new Map() }, () => true);
}

function connected(nodes: ReadonlyMap<string, NodeState>, one: string, other: string): boolean {
  const [a, b] = [nodes.get(one), nodes.get(other)];
  return a !== undefined && b !== undefined && nodesConnected(a, b);
}

function versionOf({ version, exact_version: exact = {} }: Scenario): ProxmoxVersion {
  return { ...(version === '9' ? version9 : version8), ...withoutUndefined(exact) };
}

function withoutUndefined(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

function buildNode(
  node: Scenario['nodes'][number],
  index: number,
  clock: SimulatedClock,
  isMember: boolean,
): NodeState {
  const now = clock.now();
  const reachable = node.power === 'on' && node.link === 'up';
  const ip = node.ip ?? `10.0.${Math.floor((index + 10) / 250)}.${((index + 10) % 250) + 1}`;
  return {
    name: node.name,
    nodeId: node.id ?? index + 1,
    isMember,
    ownTicketKey: isMember ? undefined : randomBytes(32).toString('hex'),
    corosync: node.corosync,
    corosyncSince: now - longAgoSeconds,
    certificateKnownAt: now - longAgoSeconds,
    ip,
    bridgeIp: node.bridge_ip ?? ip,
    cpus: node.cpus,
    cpuModel: node.cpu_model,
    memoryBytes: node.memory,
    baseMemoryUsedBytes: node.memory_used,
    rootFileSystem: { totalBytes: node.rootfs.size, usedBytes: node.rootfs.used },
    exactVersion: withoutUndefined(node.exact_version ?? {}),
    clockOffsetSeconds: node.clock_offset,
    bridges: [...node.bridges],
    missingPrograms: node.missing_programs,
    power: node.power,
    bootedAt: now - node.uptime,
    unreachableSince: reachable ? undefined : now - longAgoSeconds,
    reachableSince: now - longAgoSeconds,
    linkCut: node.link === 'cut',
    pveproxy: node.pveproxy,
    pvedaemon: node.pvedaemon,
    sshd: 'running',
    fingerprintSha256: '',
    certificatePem: '',
    lastBroadcastAt: undefined,
  };
}

function buildStorage(storage: Scenario['storages'][number], nodes: readonly string[]): StorageState {
  const shared = storage.shared ?? sharedTypes.includes(storage.type);
  const keys = shared ? ['*'] : nodes;
  return {
    id: storage.id,
    type: storage.type,
    shared,
    disabled: storage.disabled,
    nodes: storage.nodes,
    content: storage.content,
    path: storage.path,
    options: new Map(Object.entries(storage.options)),
    spaces: new Map(keys.map((key) => [key, { totalBytes: storage.size, otherUsedBytes: storage.used }])),
    inactiveOn: new Set(storage.inactive_on),
  };
}

function buildHa({ ha, nodes }: Scenario): HaState {
  return {
    resources: new Map(
      ha.resources.map(({ sid, state, max_restart, max_relocate, failback, group, comment }) => [
        sid,
        { sid, state, maxRestart: max_restart, maxRelocate: max_relocate, failback, group, comment },
      ]),
    ),
    rules: new Map(Object.entries(ha.rules).map(([id, rule]) => [id, new Map(Object.entries(rule))])),
    groups: new Map(Object.entries(ha.groups).map(([id, group]) => [id, new Map(Object.entries(group))])),
    master: ha.resources.length > 0 || ha.maintenance.length > 0 ? nodes[0]?.name : undefined,
    maintenance: new Set(ha.maintenance),
  };
}

function buildNetwork({ network }: Scenario): NetworkSettings {
  return {
    linkBytesPerSecond: network.link,
    linkOfNode: new Map(Object.entries(network.links)),
    streamBytesPerSecond: network.stream,
    diskBytesPerSecond: network.disk,
    storageBytesPerSecond: network.storage,
  };
}

function buildTimings({ timings }: Scenario): Timings {
  return {
    migrationSetupSeconds: timings.migration_setup,
    migrationTeardownSeconds: timings.migration_teardown,
    startSeconds: timings.start,
    bootSeconds: timings.boot,
    templateDiskSeconds: timings.template_disk,
    stopSeconds: timings.stop,
    authenticationFailureSeconds: timings.authentication_failure,
    broadcastSeconds: timings.broadcast,
    firstBroadcastSeconds: timings.first_broadcast,
    broadcastExpirySeconds: timings.broadcast_expiry,
  };
}

function addVolumes(cluster: ClusterState, { volumes }: Scenario): void {
  for (const volume of volumes) {
    const storage = cluster.storages.get(volume.volid.split(':')[0] ?? '');
    if (storage === undefined) continue;
    cluster.volumes.add({
      volid: volume.volid,
      storage: storage.id,
      node: storage.shared ? undefined : (volume.node ?? [...cluster.nodes.keys()][0]),
      vmid: volume.vmid,
      format: volume.format ?? /\.(\w+)$/.exec(volume.volid)?.[1] ?? 'raw',
      content: volume.content,
      sizeBytes: volume.size,
      virtualSizeBytes: volume.virtual_size,
      usedBytes: volume.used ?? volume.size,
      createdAt: volume.created ?? cluster.clock.epochSeconds(),
      parent: volume.parent,
      notes: volume.notes,
    });
  }
}
