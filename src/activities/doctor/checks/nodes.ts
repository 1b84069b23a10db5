import type { Finding } from '../../../domain/checkup';
import type { CheckupFacts, NodeFacts } from '../facts/facts';
import { failed, ok, warning } from '../finding';

/** Whether every node answers here, belongs to the cluster, and is online there. */
export function checkNodes(facts: CheckupFacts): Finding[] {
  return [...facts.nodes.map((node) => judge(node, facts)), ...notConfigured(facts)];
}

function judge({ node, certificate }: NodeFacts, { status }: CheckupFacts): Finding {
  const { name } = node;
  const member = status.known ? status.value.nodes.find((it) => it.name === name) : undefined;
  const isOnline = member?.online === true;
  if (!certificate.known) {
    const why = 'problem' in certificate ? certificate.problem.failed : certificate.mask.fault;
    const address = `${node.host}:${node.apiPort}`;
    if (isOnline) {
      return failed(
        ...(['nodes', name] as const),
        `the cluster counts it as online, but its API does not answer here at ${address}: ${why}`,
        `Try: curl -k https://${address}/ . If nothing answers: ssh ${node.host} systemctl restart pveproxy, or open the port in the firewall.`,
      );
    }
    const known = member === undefined ? '' : '; the other nodes count it as offline';
    return failed(
      ...(['nodes', name] as const),
      `it does not answer at ${address}: ${why}${known}`,
      `Look at its power, its network and its console: ping ${node.host}. If it has another address: cluster.nodes in cluster-config.yaml.`,
    );
  }
  if (!status.known || isOnline) return ok('nodes', name, 'it answers');
  if (member === undefined) {
    return failed(
      ...(['nodes', name] as const),
      'it answers, but the cluster has no node of this name',
      'Compare cluster.nodes in cluster-config.yaml with the names that a node shows: pvecm nodes',
    );
  }
  return failed(
    ...(['nodes', name] as const),
    'it answers, but the other nodes count it as offline: it is cut off from them',
    `Look at its cluster network: ssh ${node.host} pvecm status ; then: systemctl restart corosync`,
  );
}

function notConfigured({ status, nodes }: CheckupFacts): Finding[] {
  if (!status.known) return [];
  const configured = new Set(nodes.map(({ node }) => node.name));
  return status.value.nodes
    .filter(({ name }) => !configured.has(name))
    .map(({ name, ip }) =>
      warning(
        ...(['nodes', name] as const),
        'it belongs to the cluster, but is not configured: nobody turns to it when others are down',
        `Add it to cluster.nodes in cluster-config.yaml: { name: ${name}, host: ${ip ?? name} }`,
      ),
    );
}
