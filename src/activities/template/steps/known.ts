import type { TemplateFrame } from '../../../domain/templatePlan';
import { templatePlaces } from '../../../planning/rules/templatePlaces';
import { nodeTasks } from '../../../proxmox/api/tasks';
import type { ProxmoxClient } from '../../../proxmox/types';

/**
 * The tasks that the nodes know of a plan's guests, and all downloads, before its first step: those of guests that had a VMID
 * before, or of an operation before. No step adopts them.
 */
export async function tasksBefore(
  client: ProxmoxClient,
  plan: Pick<TemplateFrame, 'copies' | 'bootTest' | 'retires' | 'inForce' | 'source'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const places = templatePlaces(plan);
  const nodes = [...new Set(places.map(({ node }) => node))];
  const ids = new Set(places.map(({ vmid }) => String(vmid)));
  const lists = await Promise.all(
    nodes.map((node) => nodeTasks(client, node, { source: 'all', limit: 10_000 }, { signal })),
  );
  return lists
    .flat()
    .filter(({ id, type }) => ids.has(id) || type === 'download')
    .map(({ upid }) => upid);
}
