import { cloudInitBytes, driveStorage, drivesOf, isCdrom, isCloudInit, type Drive } from '../cluster/drives';
import { startProcess } from '../cluster/guest-processes';
import { guestMemoryBytes } from '../cluster/figures';
import type { GuestSnapshot, GuestState } from '../cluster/guests';
import type { ClusterState } from '../cluster/state';
import type { ScenarioGenerate, ScenarioGuest } from './guest-schema';

/** Share of the configured memory in use where a scenario says nothing. */
const defaultMemoryShare = 0.6;

/** Adds a guest with its disks' volumes and, if it runs, its process. */
export function addGuest(cluster: ClusterState, scenario: ScenarioGuest): GuestState {
  const now = cluster.clock.now();
  const config = configOf(cluster, scenario);
  const guest: GuestState = {
    vmid: scenario.vmid,
    type: scenario.type,
    node: scenario.node,
    config,
    pending: new Map(),
    snapshots: new Map(
      scenario.snapshots.map((snapshot) => [snapshot.name, snapshotOf(cluster, snapshot, config)]),
    ),
    currentSnapshot: scenario.snapshots.at(-1)?.name,
    behaviour: {
      memoryUsedBytes: scenario.memory_used ?? 0,
      dirtyBytesPerSecond: scenario.dirty_rate,
      respondsToAcpi: scenario.responds_to_acpi,
      shutdownSeconds: scenario.shutdown_seconds,
      agentRunning: scenario.agent_running,
      dhcp: scenario.dhcp,
      cpuLoad: scenario.cpu_load,
    },
    processes: new Map(),
    placements: [],
    migrationsStarted: 0,
    createdAt: now,
    pool: scenario.pool,
  };
  if (scenario.memory_used === undefined) {
    guest.behaviour.memoryUsedBytes = Math.round(guestMemoryBytes(guest) * defaultMemoryShare);
  }
  cluster.guests.set(guest.vmid, guest);
  addVolumes(cluster, guest);
  const isNodeOn = cluster.nodes.get(guest.node)?.power === 'on';
  if (scenario.status !== 'stopped' && isNodeOn) startRunning(cluster, guest, scenario);
  return guest;
}

/** The guests of a `generate` entry. */
export function generatedGuests(group: ScenarioGenerate): ScenarioGuest[] {
  const {
    count,
    first_vmid: first,
    nodes,
    name,
    config,
    memory,
    dirty_rates: rates,
    statuses,
    ...behaviour
  } = group;
  return Array.from({ length: count }, (_, index) => {
    const vmid = first + index;
    const fill = (text: string): string =>
      text.replaceAll('{n}', String(index + 1)).replaceAll('{vmid}', String(vmid));
    const filled = Object.entries(config).map(([key, value]) => [key, fill(value)] as const);
    const mebibytes = memory?.[index % memory.length];
    return {
      ...behaviour,
      vmid,
      type: 'qemu',
      node: nodes[index % nodes.length] ?? '',
      name: fill(name),
      config: {
        ...Object.fromEntries(filled),
        ...(mebibytes === undefined ? {} : { memory: String(mebibytes) }),
      },
      dirty_rate: rates?.[index % rates.length] ?? behaviour.dirty_rate,
      status: statuses?.[index % statuses.length] ?? behaviour.status,
      verbatim: false,
      snapshots: [],
    };
  });
}

function configOf(
  cluster: ClusterState,
  { type, name, lock, config, verbatim }: ScenarioGuest,
): Map<string, string> {
  const made = new Map(Object.entries(config));
  if (name !== undefined) made.set(type === 'qemu' ? 'name' : 'hostname', name);
  if (lock !== undefined) made.set('lock', lock);
  if (verbatim || type === 'lxc') return made;
  const { random, version, clock } = cluster;
  const disk = drivesOf(made).find((drive) => /^(scsi|virtio|sata|ide)/.test(drive.key) && !isCdrom(drive));
  const additions = {
    boot: disk === undefined ? ' ' : `order=${disk.key}`,
    meta: `creation-qemu=${version.qemu},ctime=${clock.epochSeconds()}`,
    smbios1: `uuid=${random.uuid()}`,
    vmgenid: random.uuid(),
  };
  for (const [key, value] of Object.entries(additions)) {
    if (!made.has(key)) made.set(key, value);
  }
  return made;
}

function snapshotOf(
  cluster: ClusterState,
  snapshot: ScenarioGuest['snapshots'][number],
  current: ReadonlyMap<string, string>,
): GuestSnapshot {
  return {
    name: snapshot.name,
    config: new Map(snapshot.config === undefined ? current : Object.entries(snapshot.config)),
    createdAt: snapshot.created ?? cluster.clock.epochSeconds(),
    description: snapshot.description,
    parent: snapshot.parent,
    withMemory: snapshot.with_memory,
  };
}

function addVolumes(cluster: ClusterState, guest: GuestState): void {
  for (const drive of drivesOf(guest.config)) {
    const storage = cluster.storages.get(driveStorage(drive) ?? '');
    if (storage === undefined || isCdrom(drive)) continue;
    cluster.volumes.add({
      volid: drive.file,
      storage: storage.id,
      node: storage.shared ? undefined : guest.node,
      vmid: ownerOf(drive) ?? guest.vmid,
      format: formatOf(drive),
      content: guest.type === 'lxc' ? 'rootdir' : 'images',
      sizeBytes: imageBytes(drive),
      usedBytes: imageBytes(drive),
      createdAt: cluster.clock.epochSeconds(),
      parent: undefined,
      notes: undefined,
    });
  }
}

/** A cloud-init drive that Proxmox made has no size in the configuration. */
function imageBytes(drive: Drive): number {
  return drive.sizeBytes === 0 && isCloudInit(drive) ? cloudInitBytes : drive.sizeBytes;
}

function ownerOf({ file }: Drive): number | undefined {
  const id = [...file.matchAll(/(?:vm|base|subvol)-(\d+)-/g)].at(-1)?.[1];
  return id === undefined ? undefined : Number(id);
}

function formatOf(drive: Drive): string {
  return drive.options.get('format') ?? /\.(raw|qcow2|vmdk|subvol)$/.exec(drive.file)?.[1] ?? 'raw';
}

function startRunning(cluster: ClusterState, guest: GuestState, { status, uptime }: ScenarioGuest): void {
  startProcess(guest, {
    node: guest.node,
    pid: cluster.tasks.newPid(guest.node),
    now: cluster.clock.now() - uptime,
    qemuStatus: status === 'paused' ? 'paused' : 'running',
  });
}
