import type { LaneRule, PlannedMove } from '../domain/evacuationPlan';
import { copyBytesOf, expectedLanes, type TransferModel } from './transfer';

interface Running {
  phase: 'setup' | 'copy' | 'teardown';
  /** Seconds of setup and teardown, bytes of a copy. */
  left: number;
  readonly copyBytes: number;
}

/**
 * Time of a whole evacuation: a fluid model in which the moves start in order as their lanes allow, and the
 * copies share the source's link. Without dirty pages, so it is a lower estimate.
 */
export function totalSeconds(moves: readonly PlannedMove[], rule: LaneRule, model: TransferModel): number {
  const lanes = expectedLanes(rule, model);
  let clock = 0;
  let next = 0;
  let running: Running[] = [];
  while (next < moves.length || running.length > 0) {
    const rate = streamRate(running, model);
    const counting = running.filter((move) => countsFor(move, rule, rate, model)).length;
    for (const move of moves.slice(next, next + Math.max(0, lanes - counting))) {
      running.push({ phase: 'setup', left: model.setupSeconds, copyBytes: copyBytesOf(move) });
      next += 1;
    }
    const rateNow = streamRate(running, model);
    const step = Math.min(...running.map((move) => secondsToNextEvent(move, rule, rateNow, model)));
    clock += step;
    for (const move of running) move.left -= move.phase === 'copy' ? step * rateNow : step;
    running = running.filter((move) => !endsNow(move, model));
  }
  return clock;
}

function streamRate(running: readonly Running[], model: TransferModel): number {
  const copies = running.filter((move) => move.phase === 'copy').length;
  return Math.min(model.streamBytesPerSecond, model.linkBytesPerSecond / Math.max(1, copies));
}

/** A fixed rule counts a migration to its end; the others until its copy ends within one setup time. */
function countsFor(move: Running, rule: LaneRule, rate: number, model: TransferModel): boolean {
  if (rule.kind === 'fixed') return true;
  return move.phase === 'setup' || (move.phase === 'copy' && move.left > rate * model.setupSeconds + 1);
}

function secondsToNextEvent(move: Running, rule: LaneRule, rate: number, model: TransferModel): number {
  if (move.phase !== 'copy') return move.left;
  const beforeEnding = countsFor(move, rule, rate, model) && rule.kind !== 'fixed';
  return (move.left - (beforeEnding ? rate * model.setupSeconds : 0)) / rate;
}

/** Takes a move whose phase is over to its next one; true if that was the last. */
function endsNow(move: Running, model: TransferModel): boolean {
  const isOver = move.left <= (move.phase === 'copy' ? 1 : 1e-9);
  if (!isOver) return false;
  if (move.phase === 'teardown') return true;
  const toCopy = move.phase === 'setup' && move.copyBytes > 0;
  move.phase = toCopy ? 'copy' : 'teardown';
  move.left = toCopy ? move.copyBytes : model.teardownSeconds;
  return false;
}
