import type { Decision } from '../../domain/decision';
import type { OperationSnapshot } from './snapshot';

/** What an operation asks a person. */
export type Question =
  | { readonly kind: 'approval'; readonly shownHash: string }
  | {
      readonly kind: 'decision';
      readonly decision: Decision;
      /** The others that are open; absent: none. */
      readonly alsoOpen?: readonly Pick<Decision, 'id' | 'stepId'>[];
    };

/** The question that is open first, if there is one. */
export function questionOf(snapshot: OperationSnapshot): Question | undefined {
  const [decision, ...others] = snapshot.openDecisions;
  if (decision !== undefined) {
    return { kind: 'decision', decision, ...(others.length === 0 ? {} : { alsoOpen: others }) };
  }
  const { progress } = snapshot;
  const waits = progress?.phase === 'waitingForApproval' && progress.approval === undefined;
  return waits && progress.planHash !== undefined
    ? { kind: 'approval', shownHash: progress.planHash }
    : undefined;
}

/** Whether a question is the one given. */
export function sameQuestion(one: Question | undefined, other: Question): boolean {
  if (one === undefined) return false;
  if (one.kind === 'approval') return other.kind === 'approval' && one.shownHash === other.shownHash;
  return other.kind === 'decision' && one.decision.id === other.decision.id;
}
