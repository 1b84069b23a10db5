import { nodeTasks } from '../../proxmox/api/tasks';
import type { ProxmoxClient } from '../../proxmox/types';

/** Rows of one request. */
const pageRows = 1000;

/**
 * By VMID, the UPIDs of all migration tasks that the node knows of these guests, newest first. Tasks that begin
 * meanwhile push rows to the next page: one may be seen twice, none is missed.
 */
export async function knownTasks(
  proxmox: ProxmoxClient,
  node: string,
  vmids: readonly number[],
  signal: AbortSignal,
): Promise<Record<string, string[]>> {
  const known = new Map(vmids.map((vmid) => [String(vmid), new Set<string>()]));
  for (let start = 0; ; start += pageRows) {
    const page = { typefilter: 'qmigrate', source: 'all', limit: pageRows, start } as const;
    const rows = await nodeTasks(proxmox, node, page, { signal });
    for (const row of rows) known.get(row.id)?.add(row.upid);
    if (rows.length < pageRows) break;
  }
  const found = [...known].filter(([, upids]) => upids.size > 0);
  return Object.fromEntries(found.map(([vmid, upids]) => [vmid, [...upids]]));
}
