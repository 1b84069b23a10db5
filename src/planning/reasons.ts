import type { StayCode, StayingGuest } from '../domain/evacuationPlan';
import { formatBytes, formatShare } from '../domain/rendering/sizes';
import { nameGroup, nameStem } from './likeness';
import type { Bin } from './placement/bin';
import type { Load } from './placement/load';
import { guestRefusal, type TargetRefusal } from './targets';
import { listInWords } from './words';

/** Why a guest goes where it goes. */
export function because(load: Load, bin: Bin, possible: number, targetMemoryShare: number): string {
  const share = `${formatShare(bin.shareWith(0))} of its memory taken after all moves (limit ${formatShare(targetMemoryShare)})`;
  if (possible === 1) return `the only node that can take it; ${share}`;
  const stem = nameStem(load.guest);
  const alone = stem !== undefined && bin.countOf(nameGroup(stem)) <= 1;
  const spread = alone ? `, no other '${stem}' guest there` : '';
  return `best of ${possible} possible nodes: ${share}${spread}`;
}

/** What is said of a guest for which no target is left. */
export function stayForNoTarget(
  load: Load,
  bins: readonly Bin[],
  refusedNodes: readonly { node: string; because: string }[],
): StayingGuest {
  const { vmid, name, kind } = load.guest;
  const refusals = bins.map((bin) => ({ node: bin.node.name, ...refusalOf(load, bin) }));
  const code = codeOf(refusals);
  const texts = [
    ...refusals.map(({ node, text }) => `${node}: ${text}`),
    ...refusedNodes.map(({ node, because: why }) => `${node}: ${why}`),
  ];
  const reason =
    texts.length === 0
      ? 'there is no other node'
      : `no node can take it (${texts.slice(0, 6).join('; ')}${more(texts)})`;
  return { vmid, name, kind, code, reason, remedy: remedies[code](load) };
}

type NoTargetCode = Extract<StayCode, 'storageMissing' | 'passthrough' | 'noRoom'>;

const remedies: Record<NoTargetCode, (load: Load) => string> = {
  storageMissing: (load) => {
    const storages = [
      ...new Set([...(load.guest.config?.storages ?? []), ...load.storageBytes.keys()]),
    ].sort();
    return `Make ${listInWords(storages)} usable on another node, or move the disks to a storage that other nodes have, then make a new plan.`;
  },
  passthrough: () => 'Add the resource mapping for another node, or remove the device, then make a new plan.',
  noRoom: () =>
    'Make room on a target (move or stop guests there), bring further nodes online, or raise limits.target_memory_share, then make a new plan.',
};

function codeOf(refusals: readonly TargetRefusal[]): NoTargetCode {
  if (refusals.length > 0 && refusals.every(({ kind }) => kind === 'storage')) return 'storageMissing';
  if (refusals.length > 0 && refusals.every(({ kind }) => kind === 'resource')) return 'passthrough';
  const roomWouldHelp = refusals.some(({ kind }) => kind === 'room' || kind === 'other');
  if (!roomWouldHelp && refusals.some(({ kind }) => kind === 'storage')) return 'storageMissing';
  return 'noRoom';
}

function refusalOf(load: Load, bin: Bin): TargetRefusal {
  const refused = guestRefusal(load.guest, bin.node);
  if (refused !== undefined) return refused;
  const short = bin.shortOf(load);
  if (short === 'memory') {
    return {
      kind: 'room',
      text: `${formatBytes(bin.roomBytes)} of memory are left below the limit, ${formatBytes(load.memoryBytes)} are needed`,
    };
  }
  if (short === undefined) return { kind: 'room', text: 'its room is taken by other guests of this plan' };
  const neededBytes = load.storageBytes.get(short) ?? 0;
  return {
    kind: 'room',
    text: `${formatBytes(bin.storageRoomBytes(short))} are left on storage ${short}, ${formatBytes(neededBytes)} are needed`,
  };
}

function more(texts: readonly string[]): string {
  return texts.length > 6 ? `; and ${texts.length - 6} more` : '';
}
