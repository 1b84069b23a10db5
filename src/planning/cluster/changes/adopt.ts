import type { PlannedAdoption } from '../../../domain/cluster/plan';
import { parseMarker } from '../../template/marker';
import type { MarkedMember } from '../facts';
import { machineName } from '../names';
import type { ChangeOutline } from '../outline';
import { refusal } from '../refusal';
import { attemptOf, placeOf, profileOf, requireNothingAside, roleOf, type ChangeContext } from './context';

/**
 * Makes members of machines that exist: each gets the marker, and keeps all else. Throws InputInvalid, with all that is
 * wrong, for what can't be one: not there, a template, of another cluster, without an SMBIOS uuid.
 */
export function outlineAdopt(context: ChangeContext): ChangeOutline {
  requireNothingAside(context);
  const asked = Object.entries(context.request.adopt ?? {});
  if (asked.length === 0) {
    const remedy = 'Name VMIDs by the names that the machines have in the profile.';
    throw refusal(attemptOf(context), 'no machine is named', remedy);
  }
  const judged = asked.map(([name, vmid]) => adoptionOf(context, name, vmid));
  const twice = asked.filter(([, vmid], at) => asked.findIndex(([, other]) => other === vmid) !== at);
  const wrong = [
    ...judged.flatMap((it) => (typeof it === 'string' ? [it] : [])),
    ...twice.map(([, vmid]) => `VM ${vmid} is named twice`),
  ];
  if (wrong.length > 0) {
    const remedy = 'Name other machines, or put right what is said; nothing was changed.';
    throw refusal(attemptOf(context), wrong.join('; '), remedy);
  }
  const adoptions = judged.flatMap((it) => (typeof it === 'string' ? [] : [it]));
  return {
    phases: [{ kind: 'adopt', adoptions }],
    leftAlone: [],
    warnings: adoptions.flatMap((it) => warningsOf(context, it)),
  };
}

/** An adoption, or why there can be none. */
function adoptionOf(context: ChangeContext, name: string, vmid: number): PlannedAdoption | string {
  const place = placeOf(context, name);
  if (place === undefined) {
    const example = machineName(context.request.profile, profileOf(context).roles[0]?.name ?? 'role', 1);
    return `${name} is no name of a machine of the profile (such as ${example})`;
  }
  const holder = context.active.find(
    ({ member, state }) =>
      state !== 'gone' &&
      (member.vmid === vmid || (member.role === place.role && member.ordinal === place.ordinal)),
  );
  if (holder !== undefined) return `${holder.member.name} (VM ${holder.member.vmid}) is a member already`;
  const { look } = context;
  const listed = look.guests.find((it) => it.vmid === vmid);
  if (listed === undefined) return `there is no guest with the VMID ${vmid}`;
  if (listed.kind === 'lxc') return `${vmid} is a container`;
  const seen = look.members.find((it) => it.vmid === vmid);
  if (seen === undefined) return `the configuration of VM ${vmid} on ${listed.node} can't be read`;
  const because = unfit(context, seen);
  if (because !== undefined || seen.uuid === undefined) return `VM ${vmid} ${because ?? ''}`;
  return { name, ...place, vmid, node: seen.node, uuid: seen.uuid, nameNow: seen.name };
}

/** Why a machine can't be a member. */
function unfit(
  { request }: ChangeContext,
  { vmid, marker, keys, ...seen }: MarkedMember,
): string | undefined {
  if (seen.template) return 'is a template';
  if (seen.lock !== undefined) return `is locked (${seen.lock})`;
  if (seen.uuid === undefined) return 'has no SMBIOS uuid (smbios1) to know it by';
  if (seen.name === '') return 'has no name to know it by';
  // A marker that names another VMID came along with a clone.
  if (parseMarker(keys.get('description'))?.vmid === vmid) return 'belongs to a template';
  if (marker?.vmid === vmid && marker.cluster !== request.profile) {
    return `is a member of the cluster ${marker.cluster}`;
  }
  return undefined;
}

function warningsOf(context: ChangeContext, adoption: PlannedAdoption): readonly string[] {
  const { look, identity } = context;
  const { vmid, name, nameNow, role, ordinal } = adoption;
  const { count } = roleOf(context, role);
  const marker = look.members.find((it) => it.vmid === vmid)?.marker;
  const isFormer = marker?.vmid === vmid && marker.instance !== identity.instance;
  return [
    ...(nameNow === name ? [] : [`VM ${vmid} keeps its name ${nameNow}; in the profile it is ${name}.`]),
    ...(ordinal <= count
      ? []
      : [
          `The profile asks for ${count} of ${role}: ${name} (VM ${vmid}) is surplus once it is adopted, and the next pxm cluster scale that takes machines of ${role} away deletes it first.`,
        ]),
    ...(isFormer
      ? [
          `VM ${vmid} was made for a former cluster of this name (${marker.operation}): its marker is replaced.`,
        ]
      : []),
    ...(look.haManaged.includes(vmid)
      ? [`VM ${vmid} is managed by HA: it can be adopted, but not stopped or deleted as long as it is.`]
      : []),
  ];
}
