import type { GuestFigures, NodeFigures } from './broadcasts';
import { drivesOf, parseDrive } from './drives';
import { guestName, guestProcess, isTemplate, type GuestState } from './guests';
import type { NodeState } from './nodes';
import { guestsOfNode, type ClusterState } from './state';

const mebibyte = 1024 ** 2;

/** The figures of a guest now, as its own node knows them. */
export function guestFigures(cluster: ClusterState, guest: GuestState): GuestFigures {
  const process = guestProcess(guest);
  const running = process !== undefined;
  const uptime = running ? Math.floor(cluster.clock.now() - process.startedAt) : 0;
  return {
    name: guestName(guest),
    template: isTemplate(guest) ? 1 : 0,
    status: running ? process.qemuStatus : 'stopped',
    uptime,
    cpu: running ? guest.behaviour.cpuLoad : 0,
    maxcpu: guestCpus(cluster, guest),
    mem: running ? guest.behaviour.memoryUsedBytes : 0,
    maxmem: guestMemoryBytes(guest),
    disk: 0,
    maxdisk: bootDiskBytes(guest),
    netin: 0,
    netout: 0,
    diskread: running ? uptime * 1024 : 0,
    diskwrite: 0,
  };
}

/** Configured memory in bytes; Proxmox's default is 512 MiB. */
export function guestMemoryBytes(guest: GuestState): number {
  const text = guest.config.get('memory')?.replace(/^current=/, '') ?? '512';
  return Number(text) * mebibyte;
}

/** Number of virtual CPUs; a container without a limit has all of its node. */
export function guestCpus(cluster: ClusterState, guest: GuestState): number {
  if (guest.type === 'lxc') {
    return Number(
      guest.config.get('cores') ?? guest.config.get('cpulimit') ?? cluster.nodes.get(guest.node)?.cpus ?? 1,
    );
  }
  const vcpus = guest.config.get('vcpus');
  if (vcpus !== undefined) return Number(vcpus);
  return Number(guest.config.get('sockets') ?? '1') * Number(guest.config.get('cores') ?? '1');
}

/** Size of the disk it boots from, or of a container's root, in bytes; 0 without one. */
export function bootDiskBytes(guest: GuestState): number {
  const rootfs = guest.config.get('rootfs');
  if (rootfs !== undefined) return parseDrive('rootfs', rootfs).sizeBytes;
  const order = /order=([^,]*)/.exec(guest.config.get('boot') ?? '')?.[1]?.split(';') ?? [];
  const drives = drivesOf(guest.config);
  const bootable = order.map((key) => drives.find((drive) => drive.key === key));
  const disk = bootable.find((drive) => drive !== undefined && drive.options.get('media') !== 'cdrom');
  return disk?.sizeBytes ?? 0;
}

/** The figures of a node now. */
export function nodeFigures(cluster: ClusterState, node: NodeState): NodeFigures {
  const load = guestsOfNode(cluster, node.name).reduce(
    (sum, guest) =>
      sum + (guestProcess(guest) === undefined ? 0 : guest.behaviour.cpuLoad * guestCpus(cluster, guest)),
    0.02 * node.cpus,
  );
  return {
    cpu: Math.min(load / node.cpus, 1),
    maxcpu: node.cpus,
    mem: nodeMemoryUsedBytes(cluster, node),
    maxmem: node.memoryBytes,
    disk: node.rootFileSystem.usedBytes,
    maxdisk: node.rootFileSystem.totalBytes,
    uptime: Math.floor(cluster.clock.now() - node.bootedAt),
  };
}

/** Memory in use on a node: its own, and that of every guest process on it, incoming ones too. */
export function nodeMemoryUsedBytes(cluster: ClusterState, node: NodeState): number {
  let used = node.baseMemoryUsedBytes;
  for (const guest of cluster.guests.values()) {
    if (guest.processes.has(node.name)) used += guest.behaviour.memoryUsedBytes;
  }
  return used;
}
