import type { ClusterProfile } from '../../domain/cluster/profile';
import type { ClusterLook } from './facts';
import { formatRate } from '../../domain/rendering/sizes';
import { compareText } from '../words';
import type { ChangeContext } from './changes/context';
import type { ChosenMachine } from './chooseWays';
import { hasAgent } from './drives';
import { cloneModel } from './model';
import { placeRefusal } from './placing';
import { mayOrderStart } from './privileges';
import { overcommitWarnings } from './reservations';

/** What a person should know of the machines that are made, beside the plan itself. */
export function planWarnings(
  { look, input }: ChangeContext,
  machines: readonly ChosenMachine[],
  profile: ClusterProfile | undefined,
): readonly string[] {
  if (machines.length === 0 || profile === undefined) return [];
  const nodes = look.nodes.toSorted((one, other) => compareText(one.name, other.name));
  const noPlaces = nodes.flatMap((node) => {
    const because = placeRefusal(node, look);
    return because === undefined ? [] : [`${node.name} gets no machines: ${because}.`];
  });
  const model = cloneModel(input.settings);
  const moves = machines.filter(({ option }) => (option.moveBytes ?? 0) > 0);
  const ordered = profile.roles.filter(({ startOrder }) => startOrder !== undefined).map(({ name }) => name);
  return [
    ...noPlaces,
    ...overcommitWarnings(look, machines),
    ...unseenInside(look, profile),
    ...unseenPool(look, profile),
    ...(model.isLinkAssumed && moves.length > 0
      ? [
          `The speed of the migration network is not configured: times assume ${formatRate(model.linkBytesPerSecond)}.`,
        ]
      : []),
    ...(ordered.length > 0 && !mayOrderStart(look)
      ? [
          `The token may not set start orders (Sys.Modify on /): ${ordered.join(', ')} get none. All else is made as planned.`,
        ]
      : []),
  ];
}

/** Proxmox shows a pool only to whom it lets look at it. */
function unseenPool({ pools }: ClusterLook, { pool }: ClusterProfile): readonly string[] {
  if (pool === undefined || pools !== undefined) return [];
  return [
    `Whether there is the pool ${pool} can't be seen (the token lacks Pool.Audit on /pool/${pool}): where there is none, the first clone fails and asks.`,
  ];
}

/** Without an agent nothing tells whether cloud-init has done what the profile says, the static addresses among it. */
function unseenInside({ copies }: ClusterLook, { type, template }: ClusterProfile): readonly string[] {
  if (type !== 'cloudinit' || copies.every(({ keys }) => hasAgent(keys))) return [];
  return [
    `The guest agent is not enabled in every copy of ${template}: nobody looks at cloud-init, nor at addresses. A machine counts as ready once it goes on running.`,
  ];
}
