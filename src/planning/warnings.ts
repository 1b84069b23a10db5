import type { PlannedMove } from '../domain/evacuationPlan';
import { formatBytes, formatRate } from '../domain/rendering/sizes';
import type { ClusterFacts, NodeView, QuorumFacts } from './facts';
import { reservedByOthers } from './targets';
import type { TransferModel } from './transfer';
import { guestInWords } from './words';

/** What a plan's warnings are made from. */
export interface WarningInput {
  readonly facts: ClusterFacts;
  readonly moves: readonly PlannedMove[];
  readonly refused: readonly { node: string; because: string }[];
  readonly model: TransferModel;
}

/** Everything that a person should know before approving, beside the plan itself. */
export function planWarnings({ facts, moves, refused, model }: WarningInput): readonly string[] {
  const warnings = [...facts.warnings, ...quorumWarnings(facts.node, facts.quorum)];
  for (const { node, because } of refused) warnings.push(`${node} is no target: ${because}.`);
  for (const node of facts.nodes) {
    const bytes = reservedByOthers(node.name, facts.othersLeases);
    if (bytes > 0) warnings.push(`${formatBytes(bytes)} of ${node.name} are reserved for other operations.`);
  }
  if (model.assumed && moves.length > 0) {
    warnings.push(
      `The speed of the migration network is not configured: times assume ${formatRate(model.linkBytesPerSecond)}.`,
    );
  }
  warnings.push(...moveWarnings(facts, moves));
  return [...warnings].sort();
}

/** What losing the node means for the quorum, counted as one vote per node. */
function quorumWarnings(node: string, quorum: QuorumFacts): readonly string[] {
  if (!quorum.clustered) return [];
  if (!quorum.quorate) return ['The cluster has no quorum: nothing can be moved until it is back.'];
  const needed = Math.floor(quorum.nodes / 2) + 1;
  const left = quorum.online - 1;
  if (left >= needed) return [];
  return [
    `Without ${node} ${left} of ${quorum.nodes} votes are left and ${needed} are needed: the moves work, but do not switch ${node} off before another node is back, or the cluster loses its quorum.`,
  ];
}

function moveWarnings(facts: ClusterFacts, moves: readonly PlannedMove[]): readonly string[] {
  const guests = new Map(facts.guests.map((guest) => [guest.vmid, guest]));
  const nodes = new Map(facts.nodes.map((node) => [node.name, node]));
  const source = nodes.get(facts.node);
  const warnings = new Set<string>();
  for (const move of moves) {
    const guest = guests.get(move.vmid);
    const target = nodes.get(move.target);
    if (guest === undefined || target === undefined) continue;
    if (move.mode === 'live') for (const text of versionWarnings(source, target)) warnings.add(text);
    for (const file of guest.config?.neededFiles ?? []) {
      const storage = source?.storages.find((row) => file.startsWith(`${row.storage}:`));
      if (storage?.shared === true) continue;
      warnings.add(`${guestInWords(guest)} needs ${file} at its next start: copy it to ${target.name}.`);
    }
  }
  return [...warnings];
}

/** Machine types of a newer QEMU don't run on an older one (behaviour: 8.8). */
function versionWarnings(source: NodeView | undefined, target: NodeView): readonly string[] {
  if (!isOlder(target.version, source?.version)) return [];
  return [
    `${target.name} runs Proxmox VE ${target.version ?? '?'}, older than ${source?.version ?? '?'} of ${source?.name ?? 'the source'}: a live migration to an older QEMU can fail.`,
  ];
}

function isOlder(version: string | undefined, than: string | undefined): boolean {
  if (version === undefined || than === undefined) return false;
  const parts = version.split('.').map(Number);
  const others = than.split('.').map(Number);
  const at = parts.findIndex((part, index) => part !== (others[index] ?? 0));
  return at >= 0 && (parts[at] ?? 0) < (others[at] ?? 0);
}
