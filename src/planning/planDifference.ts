import type { EvacuationPlan, LaneRule, PlannedMove } from '../domain/evacuationPlan';
import { formatRate } from '../domain/rendering/sizes';
import { guestInWords } from './words';

/**
 * What differs between a new plan and the one before, in words: what would be done, and which guests stay. Plans
 * of different hashes never give an empty list. Guests whose move is not in the new plan because they have moved are named as gone.
 */
export function planDifference(before: EvacuationPlan, after: EvacuationPlan): readonly string[] {
  const differences = [...moveDifferences(before, after), ...optionDifferences(before, after)];
  if (differences.length > 0 || before.hash === after.hash) return differences;
  return ['The order of the moves has changed.'];
}

function moveDifferences(before: EvacuationPlan, after: EvacuationPlan): readonly string[] {
  const beforeMoves = new Map(before.moves.map((move) => [move.vmid, move]));
  const beforeStays = new Map(before.stays.map((stay) => [stay.vmid, stay]));
  const afterMoves = new Map(after.moves.map((move) => [move.vmid, move]));
  const afterStays = new Map(after.stays.map((stay) => [stay.vmid, stay]));
  const vmids = [...beforeMoves.keys(), ...beforeStays.keys(), ...afterMoves.keys(), ...afterStays.keys()];
  const differences: string[] = [];
  for (const vmid of [...new Set(vmids)].sort((a, b) => a - b)) {
    const was = beforeMoves.get(vmid);
    const is = afterMoves.get(vmid);
    const stays = afterStays.get(vmid);
    if (was !== undefined && is !== undefined) differences.push(...moveChanges(was, is));
    else if (is !== undefined) {
      const since = beforeStays.has(vmid) ? 'stayed before' : 'is new on the node';
      differences.push(`${guestInWords(is)} ${since} and moves to ${is.target} now.`);
    } else if (was !== undefined && stays !== undefined) {
      differences.push(`${guestInWords(was)} was to move to ${was.target} and stays now: ${stays.reason}.`);
    } else if (was !== undefined) differences.push(`${guestInWords(was)} is not on ${after.node} any more.`);
    else differences.push(...stayChanges(beforeStays.get(vmid), stays, after.node));
  }
  return differences;
}

function stayChanges(
  was: EvacuationPlan['stays'][number] | undefined,
  is: EvacuationPlan['stays'][number] | undefined,
  node: string,
): readonly string[] {
  if (was === undefined && is !== undefined)
    return [`${guestInWords(is)} is new on the node and stays: ${is.reason}.`];
  if (was !== undefined && is === undefined) return [`${guestInWords(was)} is not on ${node} any more.`];
  return [];
}

function moveChanges(was: PlannedMove, is: PlannedMove): readonly string[] {
  const name = guestInWords(is);
  const changes: string[] = [];
  if (was.target !== is.target) changes.push(`${name} goes to ${is.target} instead of ${was.target}.`);
  if (was.mode !== is.mode) {
    changes.push(
      is.mode === 'live' ? `${name} runs now: it moves live.` : `${name} is stopped now: it moves offline.`,
    );
  }
  const volumes = (move: PlannedMove) => move.localDisks.map((disk) => disk.volume).sort();
  if (volumes(was).join() !== volumes(is).join()) {
    changes.push(`The local disks of ${name} are ${volumes(is).join(', ') || 'none'} now.`);
  }
  return changes;
}

function optionDifferences(before: EvacuationPlan, after: EvacuationPlan): readonly string[] {
  const differences: string[] = [];
  if (lanesInWords(before.lanes) !== lanesInWords(after.lanes)) {
    differences.push(
      `Copies at once: ${lanesInWords(after.lanes)} instead of ${lanesInWords(before.lanes)}.`,
    );
  }
  const limit = (plan: EvacuationPlan) =>
    plan.bandwidthLimitBytesPerSecond === undefined ? 'none' : formatRate(plan.bandwidthLimitBytesPerSecond);
  if (limit(before) !== limit(after)) {
    differences.push(`Limit for one migration: ${limit(after)} instead of ${limit(before)}.`);
  }
  return differences;
}

function lanesInWords(rule: LaneRule): string {
  switch (rule.kind) {
    case 'fixed':
      return `${rule.lanes} (fixed)`;
    case 'bandwidth':
      return `${rule.lanes} (from the link's speed, setup ${rule.setupSeconds} s)`;
    case 'learning':
      return `learned, at most ${rule.maximumLanes} (setup ${rule.setupSeconds} s)`;
  }
}
