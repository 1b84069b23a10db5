import type { ClusterProfile } from '../../domain/cluster/profile';
import { formatRate } from '../../domain/rendering/sizes';
import { compareText } from '../words';
import type { ChangeContext } from './changes/context';
import type { ChosenMachine } from './chooseWays';
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
