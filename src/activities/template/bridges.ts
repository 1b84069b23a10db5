import { ManagerError } from '../../domain/errors';
import type { TemplatePlan } from '../../domain/templatePlan';
import { bridgesOf } from '../../planning/template/bridges';
import { nodeBridges } from '../../proxmox/api/nodeFacts';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';

/** A warning for each node that gets a copy and does not show a bridge that the machine's network cards are on. */
export async function bridgeWarnings(
  client: ProxmoxClient,
  { copies, configuration }: Pick<TemplatePlan, 'copies' | 'configuration'>,
  options: CallOptions,
): Promise<readonly string[]> {
  const wanted = bridgesOf(configuration);
  if (wanted.length === 0) return [];
  const warnings: string[] = [];
  for (const { node } of copies) {
    const missing = await missingBridges(client, node, wanted, options);
    warnings.push(
      ...missing.map(
        (bridge) =>
          `${node} shows no bridge ${bridge}: a machine with a network card on it does not start there. pxm doctor tells of bridges; the runbook's parameter, or defaults.network_bridge, names another one.`,
      ),
    );
  }
  return warnings;
}

/** What can't be seen is no fault: a token sees only the virtual networks that it may use. */
async function missingBridges(
  client: ProxmoxClient,
  node: string,
  wanted: readonly string[],
  options: CallOptions,
): Promise<readonly string[]> {
  try {
    const own = await nodeBridges(client, node, options);
    const missing = wanted.filter((bridge) => !own.includes(bridge));
    if (missing.length === 0) return [];
    const all = await nodeBridges(client, node, { ...options, virtual: true });
    return missing.filter((bridge) => !all.includes(bridge));
  } catch (error) {
    if (error instanceof ManagerError && error.code !== 'Interrupted') return [];
    throw error;
  }
}
