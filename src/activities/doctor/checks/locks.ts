import type { Finding } from '../../../domain/checkup';
import type { CheckupFacts, GuestResource } from '../facts/facts';
import { failed, notChecked, ofProblem, ok, unknown } from '../finding';

/** Guests that a dead task has left locked: nothing can be done with them until somebody removes the lock. */
export function checkLocks({ locked, nodes, config }: CheckupFacts): Finding[] {
  if (!locked.known) return [unknown('locks', 'cluster', locked)];
  const unread = nodes.flatMap(({ node, tasks }) =>
    tasks.known || !('problem' in tasks) ? [] : [ofProblem('locks', node.name, tasks.problem)],
  );
  const hostOf = (name: string) => config.cluster.nodes.find((node) => node.name === name)?.host ?? name;
  const findings = [
    ...unread,
    ...locked.value.left.map((guest) => left(guest, hostOf(guest.node))),
    ...locked.value.unclear.map(({ guest, mask }) => notChecked('locks', guestName(guest), mask)),
  ];
  return findings.length > 0 ? findings : [ok('locks', 'cluster', 'no lock was left behind')];
}

function left(guest: GuestResource, host: string): Finding {
  const tool = guest.type === 'lxc' ? 'pct' : 'qm';
  return failed(
    'locks',
    guestName(guest),
    `it is locked (${guest.lock ?? ''}) on ${guest.node}, and no task of it runs: its task has died`,
    `Look at its newest task (pxm tasks --guest ${guest.vmid}), then remove the lock: ssh ${host} ${tool} unlock ${guest.vmid}`,
  );
}

function guestName({ type, vmid, name }: GuestResource): string {
  const kind = type === 'lxc' ? 'CT' : 'VM';
  return name === undefined ? `${kind} ${vmid}` : `${kind} ${vmid} (${name})`;
}
