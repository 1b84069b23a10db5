import { guestFigures } from '../cluster/figures';
import { guestLock, guestProcess, type GuestState } from '../cluster/guests';
import type { ClusterState } from '../cluster/state';
import { isFlagOn } from './config-texts';
import { liveFigures, pressureFigures } from './live-figures';

type Row = Record<string, unknown>;

/** A row of GET /nodes/{node}/qemu; `full` adds what QEMU itself says (behaviour.md 5.21, observed-9). */
export function machineRow(cluster: ClusterState, guest: GuestState, full: boolean): Row {
  const { maxcpu, template, status, diskread, diskwrite, ...figures } = guestFigures(cluster, guest);
  const process = guestProcess(guest);
  const tags = guest.config.get('tags');
  const lock = guestLock(guest);
  const is9 = cluster.version.major === 9;
  const showsDiskCounters = !is9 || (full && process !== undefined);
  return {
    vmid: guest.vmid,
    ...figures,
    cpus: maxcpu,
    status: status === 'stopped' ? 'stopped' : 'running',
    ...(showsDiskCounters ? { diskread, diskwrite } : {}),
    ...(process === undefined ? {} : { pid: process.pid }),
    ...(template === 1 ? { template } : {}),
    ...(lock === undefined ? {} : { lock }),
    ...(tags === undefined ? {} : { tags }),
    ...([...guest.config.keys()].some((key) => /^serial\d$/.test(key)) ? { serial: 1 } : {}),
    ...(is9 ? { memhost: figures.mem, ...pressureFigures(process) } : {}),
    ...(full ? { qmpstatus: process?.qemuStatus ?? 'stopped', ...liveFigures(cluster, guest) } : {}),
  };
}

/** The body of GET status/current. */
export function currentStatus(cluster: ClusterState, guest: GuestState): Row {
  const vga = guest.config.get('vga');
  return {
    ...machineRow(cluster, guest, true),
    ha: haRow(cluster, guest.vmid),
    ...(isFlagOn(guest.config.get('agent')) ? { agent: 1 } : {}),
    ...(vga === undefined ? {} : { clipboard: /(?:^|,)clipboard=([^,]+)/.exec(vga)?.[1] ?? null }),
  };
}

/** 8 names the group, null where there is none; 9 has no groups (recordings 8 j1, 9 b3). */
function haRow({ ha, version }: ClusterState, vmid: number): Row {
  const resource = ha.resources.get(`vm:${vmid}`);
  if (resource === undefined || resource.state === 'ignored') return { managed: 0 };
  const { state, group } = resource;
  return version.major === 8 ? { managed: 1, state, group: group ?? null } : { managed: 1, state };
}
