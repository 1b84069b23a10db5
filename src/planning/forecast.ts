import type { NodeForecast, PlannedMove } from '../domain/evacuationPlan';
import type { ClusterFacts } from './facts';
import { compareText } from './words';

/** Each node's memory and guests before and after the moves, by name. Reservations of others are not in it. */
export function forecastNodes(facts: ClusterFacts, moves: readonly PlannedMove[]): readonly NodeForecast[] {
  const arriving = new Map<string, { guests: number; bytes: number }>();
  for (const move of moves) {
    const before = arriving.get(move.target) ?? { guests: 0, bytes: 0 };
    arriving.set(move.target, { guests: before.guests + 1, bytes: before.bytes + move.reservedMemoryBytes });
  }
  const leavingBytes = moves.reduce((sum, move) => sum + move.reservedMemoryBytes, 0);
  return [...facts.nodes]
    .sort((a, b) => compareText(a.name, b.name))
    .map((node) => {
      const come = arriving.get(node.name) ?? { guests: 0, bytes: 0 };
      const isSource = node.name === facts.node;
      const guestsBefore = isSource ? facts.guests.length : node.guests.length;
      return {
        node: node.name,
        online: node.online,
        memoryTotalBytes: node.memoryTotalBytes,
        beforeBytes: node.memoryTakenBytes,
        afterBytes: isSource
          ? Math.max(0, node.memoryTakenBytes - leavingBytes)
          : node.memoryTakenBytes + come.bytes,
        guestsBefore,
        guestsAfter: isSource ? guestsBefore - moves.length : guestsBefore + come.guests,
      };
    });
}
