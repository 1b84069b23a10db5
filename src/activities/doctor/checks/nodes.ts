import type { Finding } from '../../../domain/checkup';
import type { Problem } from '../../../domain/errors';
import type { CheckupFacts, NodeFacts } from '../facts/facts';
import { silenceOf } from '../facts/silence';
import { failed, ok, warning } from '../finding';

/** Whether every node answers here, belongs to the cluster, and is online there. */
export function checkNodes(facts: CheckupFacts): Finding[] {
  return [...facts.nodes.map((node) => judge(node, facts)), ...notConfigured(facts)];
}

function judge(facts: NodeFacts, { status }: CheckupFacts): Finding {
  const { node, view } = facts;
  const { name } = node;
  const member = status.known ? status.value.nodes.find((it) => it.name === name) : undefined;
  const isOnline = member?.online === true;
  const silence = silenceOf(facts);
  if (silence !== undefined) return silent(node, silence, member);
  if (view?.known === false && 'problem' in view && view.problem.code === 'NodeUnreachable') {
    return failed(
      'nodes',
      name,
      'its API answers, but the daemon behind it (pvedaemon) does not',
      `Look at it: ssh ${node.host} systemctl status pvedaemon\nThen, there: systemctl restart pvedaemon`,
    );
  }
  if (!status.known || isOnline) return ok('nodes', name, 'it answers');
  if (member === undefined) {
    return failed(
      'nodes',
      name,
      'it answers, but the cluster has no node of this name',
      'Compare cluster.nodes in cluster-config.yaml with the names that a node shows: pvecm nodes',
    );
  }
  return failed(
    'nodes',
    name,
    'it answers, but the other nodes count it as offline: it is cut off from them',
    `Look at its cluster network: ssh ${node.host} pvecm status\nThen, there: systemctl restart corosync`,
  );
}

function silent(
  { name, host, apiPort }: NodeFacts['node'],
  { failed: why }: Problem,
  member: { readonly online: boolean } | undefined,
): Finding {
  const address = `${host}:${apiPort}`;
  if (member?.online === true) {
    return failed(
      'nodes',
      name,
      `the cluster counts it as online, but its API does not answer here at ${address}: ${why}`,
      `Try: curl -k https://${address}/\nIf nothing answers: ssh ${host} systemctl restart pveproxy\nOr open the port in the firewall`,
    );
  }
  const known = member === undefined ? '' : '; the other nodes count it as offline';
  return failed(
    'nodes',
    name,
    `it does not answer at ${address}: ${why}${known}`,
    `Look at its power, its network and its console: ping ${host}\nIf it has another address: cluster.nodes in cluster-config.yaml`,
  );
}

function notConfigured({ status, nodes }: CheckupFacts): Finding[] {
  if (!status.known) return [];
  const configured = new Set(nodes.map(({ node }) => node.name));
  return status.value.nodes
    .filter(({ name }) => !configured.has(name))
    .map(({ name, ip }) =>
      warning(
        'nodes',
        name,
        'it belongs to the cluster, but is not configured: nobody turns to it when others are down',
        `Add it to cluster.nodes in cluster-config.yaml: { name: ${name}, host: ${ip ?? name} }`,
      ),
    );
}
