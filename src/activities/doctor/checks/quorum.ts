import type { Finding } from '../../../domain/checkup';
import type { CheckupFacts } from '../facts/facts';
import { failed, ok, unknown } from '../finding';

/** Whether anything can be changed in the cluster. */
export function checkQuorum({ status }: CheckupFacts): Finding[] {
  if (!status.known) return [unknown('quorum', 'cluster', status)];
  const { nodes, quorate } = status.value;
  const online = nodes.filter((node) => node.online).length;
  const members = `${online} of ${nodes.length} nodes are online`;
  if (quorate) return [ok('quorum', 'cluster', `there is quorum: ${members}`)];
  return [
    failed(
      'quorum',
      'cluster',
      `there is no quorum (${members}): nothing can be changed`,
      'Bring enough nodes back. Who is missing: pvecm status (on a node, as root)',
    ),
  ];
}
