import { drivesOf, isCloudInit } from './drives';
import type { GuestInside } from './guest-inside';
import { guestProcess, type GuestState } from './guests';
import type { ClusterState } from './state';
import type { VolumeState } from './volumes';

/** What somebody orders about boots: a fault, or a quicker test. */
export interface BootOrder {
  /** False: no agent ever answers. */
  readonly agent?: boolean | undefined;
  readonly seconds?: number | 'never' | undefined;
}

/** How boots of guests go, where it was ordered; by vmid, or for all. */
export type BootOrders = Map<number | 'all', BootOrder>;

/** What an image has inside of which nobody said anything. */
export const plainInside: GuestInside = {
  agent: false,
  bootSeconds: undefined,
  machineId: undefined,
  hostKey: undefined,
};

/** The volume that the guest boots from, if it is one of an image: what scenarios make of nothing has nothing inside. */
export function bootVolume(cluster: ClusterState, { config, node }: GuestState): VolumeState | undefined {
  const order = /order=([^,]*)/.exec(config.get('boot') ?? '')?.[1]?.split(';') ?? [];
  const drives = drivesOf(config).filter((drive) => drive.options.get('media') !== 'cdrom');
  const ordered = order.flatMap((key) => drives.find((drive) => drive.key === key) ?? []);
  return [...ordered, ...drives]
    .map(({ file }) => cluster.volumes.find(file, node))
    .find((volume) => volume?.inside !== undefined);
}

/** True if cloud-init finds its drive. */
export function hasCloudInit({ config }: GuestState): boolean {
  return drivesOf(config).some(isCloudInit);
}

/** True once everything in the guest runs, and while it is not paused. A boot is not begun anew by a live migration. */
export function isBooted(cluster: ClusterState, guest: GuestState): boolean {
  return guestProcess(guest)?.qemuStatus === 'running' && hasBooted(cluster, guest);
}

/** True if the guest's agent answers now. */
export function agentAnswers(cluster: ClusterState, guest: GuestState): boolean {
  return isBooted(cluster, guest) && hasAgent(cluster, guest);
}

/** True if the guest's balloon driver has told its figures: an agent is taken as the sign of one. */
export function hasBalloonDriver(cluster: ClusterState, guest: GuestState): boolean {
  return hasBooted(cluster, guest) && hasAgent(cluster, guest);
}

/** Writes to the disk what the first boot makes: /etc/machine-id and, without cloud-init, the SSH host key. */
export function settleBoot(cluster: ClusterState, guest: GuestState): GuestInside {
  const volume = bootVolume(cluster, guest);
  const inside = volume?.inside ?? plainInside;
  if (volume === undefined || !isBooted(cluster, guest)) return inside;
  const made = {
    ...inside,
    machineId: inside.machineId ?? cluster.random.hex(32),
    hostKey: inside.hostKey ?? cluster.random.hex(64),
  };
  volume.inside = made;
  return made;
}

function hasBooted(cluster: ClusterState, guest: GuestState): boolean {
  const process = guestProcess(guest);
  const seconds = bootSeconds(cluster, guest);
  if (process === undefined || seconds === 'never') return false;
  return cluster.clock.now() - (guest.bootStartedAt ?? process.startedAt) >= seconds;
}

function orderOf({ boots }: ClusterState, { vmid }: GuestState): BootOrder {
  return { ...boots.get('all'), ...boots.get(vmid) };
}

function bootSeconds(cluster: ClusterState, guest: GuestState): number | 'never' {
  const ordered = orderOf(cluster, guest).seconds;
  if (ordered !== undefined) return ordered;
  const inside = bootVolume(cluster, guest)?.inside;
  return inside === undefined ? 0 : (inside.bootSeconds ?? cluster.timings.bootSeconds);
}

function hasAgent(cluster: ClusterState, guest: GuestState): boolean {
  const ordered = orderOf(cluster, guest).agent;
  if (ordered !== undefined) return ordered;
  if (guest.behaviour.agentRunning) return true;
  const inside = bootVolume(cluster, guest)?.inside;
  return inside !== undefined && (inside.agent || installsAgent(cluster, guest));
}

/** Cloud-init installs an agent where one of its snippets names the package. */
function installsAgent(cluster: ClusterState, guest: GuestState): boolean {
  if (!hasCloudInit(guest)) return false;
  const parts = (guest.config.get('cicustom') ?? '').split(',').map((part) => part.split('=')[1] ?? '');
  return parts.some((volid) => {
    const text = cluster.volumes.find(volid, guest.node)?.text ?? '';
    return text.includes('qemu-guest-agent');
  });
}
