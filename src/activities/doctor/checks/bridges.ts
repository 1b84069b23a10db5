import type { Finding } from '../../../domain/checkup';
import type { CheckupFacts, NodeFacts } from '../facts/facts';
import { failed, ok, unknown } from '../finding';

/** Whether the bridge that the configuration names exists on every node. */
export function checkBridges({ nodes, config }: CheckupFacts): Finding[] {
  const bridge = config.conventions.defaults.networkBridge;
  if (bridge === undefined) return [ok('bridges', 'cluster', 'the configuration names no bridge')];
  const findings = nodes.map((node) => judge(bridge, node));
  const faults = findings.filter(({ status }) => status !== 'ok');
  return faults.length > 0 ? faults : [ok('bridges', bridge, 'it exists on every node')];
}

function judge(bridge: string, { node, bridges }: NodeFacts): Finding {
  const where = `${bridge} on ${node.name}`;
  if (!bridges.known) return unknown('bridges', where, bridges);
  if (bridges.value.includes(bridge)) return ok('bridges', where, 'it exists');
  return failed(
    'bridges',
    where,
    `the bridge ${bridge} is missing on ${node.name}: guests with a network card on it can't run there`,
    `Create it: ssh ${node.host} pvesh create /nodes/${node.name}/network --iface ${bridge} --type bridge --autostart 1\nThen, there: ifreload -a\nOr name another one as defaults.network_bridge in cluster-config.yaml`,
  );
}
