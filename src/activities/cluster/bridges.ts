import type { ClusterPlan, PlannedMachine } from '../../domain/cluster/plan';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { missingBridges } from '../guests/missingBridges';

/** A warning for each node that gets machines and does not show a bridge that their network cards are on. */
export async function bridgeWarnings(
  client: ProxmoxClient,
  { phases }: Pick<ClusterPlan, 'phases'>,
  options: CallOptions,
): Promise<readonly string[]> {
  const machines = phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
  const nodes = [...new Set(machines.map(({ node }) => node))].sort();
  const warnings = await Promise.all(
    nodes.map(async (node) => {
      const wanted = bridgesOf(machines.filter((machine) => machine.node === node));
      const missing = await missingBridges(client, node, wanted, options);
      return missing.map(
        (bridge) =>
          `${node} shows no bridge ${bridge}: a machine with a network card on it does not start there. pxm doctor tells of bridges; network_cards of the profile, or defaults.network_bridge, names another one.`,
      );
    }),
  );
  return warnings.flat();
}

function bridgesOf(machines: readonly PlannedMachine[]): readonly string[] {
  return [...new Set(machines.flatMap(({ networkCards }) => networkCards.map(({ bridge }) => bridge)))];
}
