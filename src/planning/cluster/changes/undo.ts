import type { ClusterMember } from '../../../domain/cluster/member';
import type { MachineReadiness } from '../../../domain/cluster/plan';
import { hasAgent } from '../drives';
import type { MarkedMember } from '../facts';
import type { JudgedMember } from '../members';
import { nameThenOf } from '../names';
import { nothingToDo, type ChangeOutline, type RemovalOutline } from '../outline';
import { ownAddresses } from '../ownAddresses';
import { refusal } from '../refusal';
import { removalsOf } from '../removals';
import { attemptOf, type ChangeContext } from './context';

/**
 * Brings back what was set aside: the names, then the machines are started. Throws InputInvalid where somebody has
 * taken a name, a VMID or a static address meanwhile: a cluster that comes back has to be the one that went.
 */
export function outlineUndo(context: ChangeContext): ChangeOutline {
  const { aside, request, look } = context;
  if (aside.length === 0) return nothingToDo(`Nothing to do: nothing of ${request.profile} is set aside.`);
  const { removals, leftAlone } = removalsOf(aside, look);
  const revived = removals.map(({ removal, seen }): RemovalOutline => {
    const nameThen = nameThenOf(request.profile, removal.member);
    const back = { ...removal, nameThen };
    if (removal.member.neverReady === true) return { removal: back, seen };
    return { removal: { ...back, readiness: readinessOf(context, removal.member, seen) }, seen };
  });
  const taken = [
    ...aside.flatMap((it) => takenVmid(it)),
    ...takenNames(context, revived),
    ...takenAddresses(context, revived),
  ];
  if (taken.length > 0) {
    throw refusal(
      attemptOf(context),
      taken.join('; '),
      'Give back what was taken (what has it is renamed, given another address or removed), or delete what is set aside with pxm cluster purge.',
    );
  }
  const ordered = revived.toSorted((one, other) => rank(context, one) - rank(context, other));
  if (ordered.length > 0) return { phases: [{ kind: 'revive', removals: ordered }], leftAlone, warnings: [] };
  const nothing = nothingToDo('Nothing to do: none of the machines that are set aside can be brought back.');
  return { ...nothing, leftAlone };
}

/** By what the machine itself has: the copies of its template may be others by now. */
function readinessOf(
  { input: { profile, change } }: ChangeContext,
  { address, uuid }: ClusterMember,
  { keys }: MarkedMember,
): MachineReadiness {
  const isTalos = change.record?.talos !== undefined || profile?.type === 'talos';
  // Nobody has certificates for Talos machines that were made by hand.
  const isAskable = change.record?.talos !== undefined && address !== undefined && uuid !== undefined;
  if (isTalos) return isAskable ? 'talosApi' : 'running';
  return hasAgent(keys) ? 'agent' : 'running';
}

function takenVmid(judged: JudgedMember): readonly string[] {
  if (judged.state !== 'gone' || judged.stranger === undefined) return [];
  const { vmid, node, name } = judged.stranger;
  return [`VMID ${vmid} of ${judged.member.name} was taken by another guest (${name} on ${node})`];
}

function takenNames({ look }: ChangeContext, revived: readonly RemovalOutline[]): readonly string[] {
  return revived.flatMap(({ removal: { member, nameThen = '' } }) => {
    const other = look.guests.find(
      (it) => it.vmid !== member.vmid && it.name.toLowerCase() === nameThen.toLowerCase(),
    );
    return other === undefined
      ? []
      : [
          `the name ${nameThen} was taken by ${other.kind === 'lxc' ? 'container' : 'VM'} ${other.vmid} on ${other.node}`,
        ];
  });
}

/** Those that their own configurations give them; who has one by DHCP need not get it again. */
function takenAddresses(
  { look, input: { profile, change } }: ChangeContext,
  revived: readonly RemovalOutline[],
): readonly string[] {
  const type = profile?.type ?? (change.record?.talos === undefined ? undefined : 'talos');
  return revived.flatMap(({ removal: { member, nameThen = '' }, seen }) =>
    ownAddresses(type, member, seen.keys).flatMap((address) => {
      const other = look.addresses.find((it) => it.address === address && it.vmid !== member.vmid);
      return other === undefined ? [] : [`the address ${address} of ${nameThen} was taken by ${other.by}`];
    }),
  );
}

/** Control planes come back first. */
function rank({ input }: ChangeContext, { removal }: RemovalOutline): number {
  const roles = input.profile?.roles ?? [];
  const at = roles.findIndex(({ name }) => name === removal.member.role);
  return roles[at]?.kind === 'controlPlane' ? at - roles.length : at;
}
