import type { OperationUnderWay } from '../../domain/cluster/messages';
import type { OperationProgress } from '../../domain/progress';
import { rejectCommand, shellWord } from '../../domain/rendering/commands';
import { printable } from '../../domain/rendering/text';

/** A destruction that is under way although the cluster is to stay longer. */
export interface DestructionLeft {
  /** `approved`: it goes on until somebody ends it. `unknown`: no worker has said whether it was approved. */
  readonly state: 'approved' | 'waits' | 'unknown';
  /** What it is, and what ends it. */
  readonly text: string;
}

/**
 * What a new time to live does not take back; undefined: nothing. A destruction that the cluster began by itself was taken
 * back unless it was approved before. `progress`: of the operation, asked after the time was changed.
 */
export function destructionLeft(
  { action, workflowId, isByItself, requestedBy }: OperationUnderWay,
  progress: OperationProgress | undefined,
): DestructionLeft | undefined {
  if (action !== 'destroy') return undefined;
  const cancel = `End it: pxm cancel ${shellWord(workflowId)}`;
  if (progress === undefined) {
    const text = `A destruction of it is under way; no worker has said whether it was approved. ${cancel}`;
    return { state: 'unknown', text };
  }
  if (progress.approval !== undefined) {
    const by = printable(progress.approval.by);
    const text = `A destruction of it was approved by ${by} and is under way: the new time does not end it. ${cancel}`;
    return { state: 'approved', text };
  }
  if (isByItself === true) return undefined;
  const who = requestedBy === undefined ? '' : `, asked for by ${printable(requestedBy)},`;
  const text = `A destruction of it${who} waits for its approval: the new time does not take it back. Reject it: ${rejectCommand(workflowId)}`;
  return { state: 'waits', text };
}
