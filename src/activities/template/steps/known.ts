import type { TemplatePlan } from '../../../domain/templatePlan';
import { nodeTasks } from '../../../proxmox/api/tasks';
import type { ProxmoxClient } from '../../../proxmox/types';
import { imageFileName } from './build';

/**
 * The tasks that the nodes know of a plan's VMIDs and image before its first step: those of guests that had a VMID
 * before, or of an operation before. No step adopts them.
 */
export async function tasksBefore(
  client: ProxmoxClient,
  plan: TemplatePlan,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { copies, bootTest, retires, source } = plan;
  const places = [...copies, ...(bootTest === undefined ? [] : [bootTest]), ...retires];
  const nodes = [...new Set(places.map(({ node }) => node))];
  const ids = new Set(places.map(({ vmid }) => String(vmid)));
  if (source.kind === 'image') ids.add(imageFileName(plan, source));
  const lists = await Promise.all(
    nodes.map((node) => nodeTasks(client, node, { source: 'all', limit: 1000 }, { signal })),
  );
  return lists
    .flat()
    .filter(({ id }) => ids.has(id))
    .map(({ upid }) => upid);
}
