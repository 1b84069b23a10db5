import type { TemplatePlan } from '../../domain/templatePlan';
import { bridgesOf } from '../../planning/template/bridges';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { missingBridges } from '../guests/missingBridges';

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
