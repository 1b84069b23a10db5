import { hasBalloonDriver } from '../cluster/boot';
import { drivesOf } from '../cluster/drives';
import { guestMemoryBytes } from '../cluster/figures';
import { guestProcess, type GuestProcess, type GuestState } from '../cluster/guests';
import type { ClusterState } from '../cluster/state';

/** What QEMU itself says about a running machine (behaviour.md 5.21; recordings b1, b3 of both versions). */
export function liveFigures(cluster: ClusterState, guest: GuestState): Record<string, unknown> {
  const process = guestProcess(guest);
  if (process === undefined) return {};
  const memoryBytes = guestMemoryBytes(guest);
  const statistics = balloonStatistics(cluster, guest, memoryBytes);
  const nics = networkCounters(guest);
  const drives = driveCounters(guest);
  return {
    balloon: memoryBytes,
    ballooninfo: { actual: memoryBytes, max_mem: memoryBytes, ...statistics },
    ...(statistics === undefined ? {} : { freemem: statistics['free_mem'] }),
    'running-machine': runningMachine(cluster, guest),
    'running-qemu': cluster.version.qemu,
    'proxmox-support': backupSupport,
    ...(Object.keys(nics).length === 0 ? {} : { nics }),
    ...(Object.keys(drives).length === 0 ? {} : { blockstat: drives }),
  };
}

/** How long tasks of the machine's control group waited for a resource, in percent of the last 10 s (9 only). */
export function pressureFigures(process: GuestProcess | undefined): Record<string, number> {
  if (process === undefined) return {};
  const kinds = ['cpu', 'io', 'memory'].flatMap((resource) => [`${resource}some`, `${resource}full`]);
  return Object.fromEntries(kinds.map((kind) => [`pressure${kind}`, 0]));
}

const backupSupport = {
  'backup-access-api': true,
  'backup-fleecing': true,
  'backup-max-workers': true,
  'pbs-dirty-bitmap': true,
  'pbs-dirty-bitmap-migration': true,
  'pbs-dirty-bitmap-savevm': true,
  'pbs-library-version': '1.5.2 (simulated)',
  'pbs-masterkey': true,
  'query-bitmap-info': true,
};

/** Only a guest with an operating system inside has a balloon driver; its agent is taken as the sign of one. */
function balloonStatistics(
  cluster: ClusterState,
  guest: GuestState,
  memoryBytes: number,
): Record<string, number> | undefined {
  if (!hasBalloonDriver(cluster, guest)) return undefined;
  const { behaviour } = guest;
  return {
    total_mem: memoryBytes,
    free_mem: Math.max(memoryBytes - behaviour.memoryUsedBytes, 0),
    mem_swapped_in: 0,
    mem_swapped_out: 0,
    major_page_faults: 0,
    minor_page_faults: 0,
    last_update: cluster.clock.epochSeconds(),
  };
}

function networkCounters({ vmid, config }: GuestState): Record<string, unknown> {
  const cards = [...config.keys()].filter((key) => /^net\d+$/.test(key));
  return Object.fromEntries(
    cards.map((key) => [`tap${vmid}i${key.slice('net'.length)}`, { netin: 0, netout: 0 }]),
  );
}

const driveOperations = ['flush', 'rd', 'unmap', 'wr', 'zone_append'];

/** Counters of every drive; the read-only half of the firmware counts as one. */
function driveCounters({ config }: GuestState): Record<string, unknown> {
  const keys = drivesOf(config)
    .map(({ key }) => key)
    .filter((key) => !/^(unused\d+|tpmstate0)$/.test(key));
  const firmware = keys.includes('efidisk0') ? ['pflash0'] : [];
  const figures = driveOperations.flatMap((name) => [
    ...[
      `${name}_operations`,
      `failed_${name}_operations`,
      `invalid_${name}_operations`,
      `${name}_total_time_ns`,
    ],
    ...(name === 'flush' ? [] : [`${name}_bytes`, `${name}_merged`]),
  ]);
  const counters = {
    ...Object.fromEntries(figures.map((figure) => [figure, 0])),
    wr_highest_offset: 0,
    timed_stats: [],
    account_failed: true,
    account_invalid: true,
  };
  return Object.fromEntries([...keys, ...firmware].map((key) => [key, counters]));
}

/** The machine type that QEMU was started with, e.g. `pc-q35-10.0+pve0`. */
export function runningMachine({ version }: ClusterState, { config }: GuestState): string {
  const type = (config.get('machine') ?? 'pc').replace(/^type=/, '').split(',')[0] ?? 'pc';
  if (/-\d/.test(type)) return type.includes('+pve') ? type : `${type}+pve0`;
  const release = version.qemu.split('.').slice(0, 2).join('.');
  return `pc-${type === 'q35' ? 'q35' : 'i440fx'}-${release}+pve0`;
}
