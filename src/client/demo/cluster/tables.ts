import type { ClusterRecord } from '../../../domain/cluster/member';
import type { Session } from '../../session';
import { table } from '../../view/table';
import { isMemberOf, type DemoClaim } from './claims';
import type { ClusterMachine } from './truth';

/** What is there, as the simulator knows it, and who of it belongs to the cluster. */
export function machineTable(
  session: Session,
  machines: readonly ClusterMachine[],
  record?: ClusterRecord,
): string {
  const columns = [{ title: 'machine' }, { title: 'node' }, { title: 'state' }, { title: 'what it is' }];
  const whatItIs = (it: ClusterMachine) =>
    it.isTemplate ? 'template' : record !== undefined && isMemberOf(record, it) ? 'member' : 'stranger';
  const rows = machines.map((it) => [`${it.vmid} ${it.name}`, it.node, it.status, whatItIs(it)]);
  return `${table(session.output, columns, rows)}\n`;
}

/** What must be so, and what was seen of it. */
export function claimTable(session: Session, claims: readonly DemoClaim[]): string {
  const rows = claims.map(({ what, seen, holds }) => [what, holds ? seen : `WRONG: ${seen}`]);
  return `${table(session.output, [{ title: 'what' }, { title: 'seen', gives: true }], rows)}\n`;
}
