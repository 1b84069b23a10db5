import type { EvacuationPlan } from '../../domain/evacuationPlan';
import type { OperationSnapshot } from '../operations/snapshot';

/** How far an operation is as a whole. */
export interface CopyTotals {
  readonly guestsDone: number;
  readonly guests: number;
  readonly copiedBytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number;
  /** From what is left and the present speed; absent while nothing is copied. */
  readonly secondsLeft?: number;
}

/** Sums up what is done and what is under way; a guest that was moved counts with its planned bytes. */
export function copyTotals(plan: EvacuationPlan, snapshot: OperationSnapshot): CopyTotals {
  const phases = new Map(snapshot.progress?.steps.map((step) => [step.vmid, step.phase]));
  const done = new Set([...phases].filter(([, phase]) => phase === 'done').map(([vmid]) => vmid));
  const running = new Map(snapshot.running.map((task) => [task.vmid, task]));
  let copiedBytes = 0;
  let totalBytes = 0;
  for (const move of plan.moves) {
    const planned = move.ramBytes + move.diskBytes;
    totalBytes += planned;
    if (done.has(move.vmid)) copiedBytes += planned;
    else copiedBytes += Math.min(planned, running.get(move.vmid)?.copiedBytes ?? 0);
  }
  const bytesPerSecond = snapshot.running.reduce((sum, task) => sum + task.bytesPerSecond, 0);
  return {
    guestsDone: plan.moves.filter((move) => done.has(move.vmid)).length,
    guests: plan.moves.length,
    copiedBytes,
    totalBytes,
    bytesPerSecond,
    ...(bytesPerSecond > 0 ? { secondsLeft: (totalBytes - copiedBytes) / bytesPerSecond } : {}),
  };
}
