import type { MachineOutcome } from '../../domain/cluster/report';
import type { ClusterRequest } from '../../domain/cluster/request';
import { isAsPlanned } from './outcomes';

/** More names than that are not spelt out. */
const shownNames = 5;

/** What was asked for, as far as its end has to say it again. */
export type AskedOfCluster = Pick<ClusterRequest, 'action' | 'profile' | 'counts' | 'now'>;

/** What finishes a change that is not whole, and what takes it back. */
export function nextFor(asked: AskedOfCluster, machines: readonly MachineOutcome[]): string {
  const { action, profile, counts = {}, now } = asked;
  const open = machines.filter((it) => !isAsPlanned(it));
  if (open.length > 0 && open.every(({ outcome }) => outcome === 'disksLeft')) {
    return 'Free the disks that are still there by hand: the report names them.';
  }
  switch (action) {
    case 'create':
      return madeOrRemoved(profile);
    case 'scale':
      // A creation would make as many as the profile has, those among them that were to go.
      return `The same once more goes on: ${scaleCommand(profile, counts)}`;
    case 'replace':
    case 'upgrade':
    case 'rebuild':
      return afterRenewal(asked, machines);
    case 'destroy':
      return now === true
        ? `pxm cluster destroy ${profile} --now goes on.`
        : `pxm cluster destroy ${profile} goes on, pxm cluster undo ${profile} brings back what is set aside.`;
    case 'undo':
      // It is a member again: another undo would find nothing.
      if (open.length > 0 && open.every(({ outcome }) => outcome === 'parked')) {
        return `What is parked runs and is a member again: look at its console, and at: pxm cluster status ${profile}`;
      }
      return sameOnceMore(action, profile);
    case 'purge':
    case 'adopt':
      return sameOnceMore(action, profile);
  }
}

/**
 * How playbooks that did not do what they should are made up for on machines that are ready: no later change runs them there.
 * Empty where there are none.
 */
export function nextForPlaybooks(playbooks: readonly string[], machines: readonly MachineOutcome[]): string {
  const ready = namesOf(machines.filter(({ outcome }) => outcome === 'ready'));
  if (playbooks.length === 0 || ready.length === 0) return '';
  const limit = ready.length > shownNames ? '<machines>' : ready.join(',');
  const commands = playbooks.map((playbook) => `pxm ansible run ${playbook} --limit ${limit}`);
  return `No later change runs ${playbooks.join(', ')} on what is ready; once the cause is put right: ${commands.join(', then ')}`;
}

/** What nothing starts again by itself. Empty where there is none. */
export function nextForShutDown(machines: readonly MachineOutcome[]): string {
  const [first, ...more] = machines.filter(({ outcome }) => outcome === 'shutDown');
  if (first === undefined) return '';
  const all = namesInShort(namesOf([first, ...more]));
  return `Shut down, and off until somebody starts them: ${all} (on ${first.node}: qm start ${first.vmid}${more.length === 0 ? '' : ', and so on'}). `;
}

/** A command ends its line, so that it can be copied. */
function sameOnceMore(action: ClusterRequest['action'], profile: string): string {
  return `The same once more goes on: pxm cluster ${action} ${profile}`;
}

/** Names of machines, the first few of them. */
export function namesInShort(names: readonly string[]): string {
  const more = names.length - shownNames;
  return names.slice(0, shownNames).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** What did not go is still to be made anew; what did, and did not come again, is only missing. */
function afterRenewal({ action, profile }: AskedOfCluster, machines: readonly MachineOutcome[]): string {
  const kept = namesOf(machines.filter(({ outcome }) => outcome === 'kept' || outcome === 'shutDown'));
  const missing = namesOf(machines.filter((it) => !isAsPlanned(it))).filter((name) => !kept.includes(name));
  if (kept.length === 0) return madeOrRemoved(profile);
  if (action === 'rebuild' && !machines.some(({ outcome }) => outcome === 'ready')) {
    return sameOnceMore(action, profile);
  }
  const shown = kept.slice(0, shownNames).join(' ') + (kept.length > shownNames ? ' ...' : '');
  const anew = `pxm cluster replace ${profile} ${shown} makes anew what was kept, once what stands in its way is put right.`;
  return missing.length === 0 ? anew : `${madeOrRemoved(profile)} ${anew}`;
}

function scaleCommand(profile: string, counts: Readonly<Record<string, number>>): string {
  const roles = Object.entries(counts).map(([role, count]) => `${role}=${count}`);
  return ['pxm cluster scale', profile, ...roles].join(' ');
}

function madeOrRemoved(profile: string): string {
  return `pxm cluster create ${profile} makes what is missing, pxm cluster destroy ${profile} removes what is there.`;
}

function namesOf(machines: readonly MachineOutcome[]): readonly string[] {
  return [...new Set(machines.map(({ name }) => name))];
}
