import { nearestWord } from '../../config/nearest';
import { formatBytes } from '../../domain/rendering/sizes';
import { attemptOf, profileOf, type ChangeContext } from './changes/context';
import { firstDiskOf, freeDiskKeys } from './drives';
import type { MachineWish, RemovalOutline } from './outline';
import { refusal } from './refusal';

/** Throws InputInvalid for what no place and no waiting would help. */
export function requirePossible(
  context: ChangeContext,
  wishes: readonly MachineWish[],
  goes: readonly RemovalOutline[],
): void {
  if (wishes.length === 0) return;
  requireNames(context, wishes, goes);
  requireTemplate(context);
  requirePool(context);
  requireDisks(context, wishes);
}

/** Two machines of one name would be taken for each other, by DNS and by Kubernetes. */
function requireNames(
  context: ChangeContext,
  wishes: readonly MachineWish[],
  goes: readonly RemovalOutline[],
): void {
  const going = new Set(goes.map(({ removal }) => removal.member.vmid));
  const taken = wishes.flatMap(({ name, begun }) => {
    const other = context.look.guests.find(
      (it) =>
        it.name.toLowerCase() === name.toLowerCase() && it.vmid !== begun?.member.vmid && !going.has(it.vmid),
    );
    if (other === undefined) return [];
    return [
      `the name ${name} has ${other.kind === 'lxc' ? 'container' : 'VM'} ${other.vmid} on ${other.node}`,
    ];
  });
  if (taken.length === 0) return;
  throw refusal(
    attemptOf(context),
    taken.join('; '),
    `If it belongs to the cluster, adopt it (pxm cluster adopt ${context.request.profile}); else rename or remove it.`,
  );
}

function requireTemplate(context: ChangeContext): void {
  const { template } = profileOf(context);
  const { copies, templates = [] } = context.look;
  if (copies.length > 0) return;
  const nearest = nearestWord(template, templates);
  const meant = nearest === undefined ? '' : `Did you mean ${nearest}? `;
  throw refusal(
    attemptOf(context),
    `no version of the template ${template} is in force on a node that answers`,
    `${meant}pxm template create ${template} makes one; pxm template list shows those there are.`,
  );
}

function requirePool(context: ChangeContext): void {
  const { pool } = profileOf(context);
  const { pools } = context.look;
  if (pool === undefined || pools === undefined || pools.includes(pool)) return;
  throw refusal(
    attemptOf(context),
    `there is no pool ${pool}`,
    `Create it (pvesh create /pools --poolid ${pool}), or take another one in the profile.`,
  );
}

function requireDisks(context: ChangeContext, wishes: readonly MachineWish[]): void {
  for (const { name, bytes, key } of context.look.copies.flatMap((copy) => {
    const disk = firstDiskOf(copy.keys);
    return disk === undefined ? [] : [{ name: copy.template, bytes: disk.bytes, key: disk.key }];
  })) {
    const small = wishes.find(({ role }) => role.diskBytes !== undefined && role.diskBytes < bytes);
    if (small === undefined) continue;
    throw refusal(
      attemptOf(context),
      `${key} of ${small.role.name} is to have ${formatBytes(small.role.diskBytes ?? 0)}, that of the template ${name} has ${formatBytes(bytes)}: Proxmox does not shrink disks`,
      `Ask for at least ${formatBytes(bytes)} in the profile.`,
    );
  }
  const [copy] = context.look.copies;
  const crowded = wishes.find(
    ({ role }) =>
      copy !== undefined && freeDiskKeys(copy.keys, role.moreDisks.length).length < role.moreDisks.length,
  );
  if (crowded === undefined) return;
  throw refusal(
    attemptOf(context),
    `${crowded.role.name} is to have ${crowded.role.moreDisks.length} further disks: the template's bus has no room for so many`,
    'Ask for fewer disks in the profile.',
  );
}
