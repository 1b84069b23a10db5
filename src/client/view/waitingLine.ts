import type { OperationPhase, OperationProgress, WaitingFor } from '../../domain/progress';
import type { OperationSnapshot } from '../operations/snapshot';

const phases: Readonly<Record<OperationPhase, string>> = {
  planning: 'Looks at the cluster and plans',
  waitingForApproval: 'Waits for approval of the plan',
  checking: 'Checks that the approved plan still holds',
  running: 'Moves guests',
  paused: 'Paused: running migrations are finished, nothing new starts',
  verifying: 'Lists the node to prove the result',
  closed: 'Writes the report',
};

const waits: Readonly<Record<Exclude<WaitingFor, 'nothing' | 'approval'>, string>> = {
  decision: 'waits for a decision',
  credentials: 'waits for working credentials',
  resume: 'waits for resume',
};

/** Steps without a guest are those of an operation on access. */
function phaseText({ phase, steps }: OperationProgress): string {
  const isAboutGuests = steps.length === 0 || steps.some(({ vmid }) => vmid !== undefined);
  if (isAboutGuests) return phases[phase];
  if (phase === 'running') return 'Changes the access, step by step';
  return phase === 'paused' ? 'Paused: no further step starts' : phases[phase];
}

/** Where an operation is and what it waits for, in one line. */
export function waitingLine(snapshot: OperationSnapshot): string {
  if (snapshot.closed) return 'Has ended.';
  const { progress } = snapshot;
  if (progress === undefined) {
    const known = snapshot.lastKnownPhase === undefined ? '' : ` Last known: ${snapshot.lastKnownPhase}.`;
    return `No worker answers: nothing is lost, it goes on once one runs (pxm up, or pxm worker).${known}`;
  }
  const { waitingFor } = progress;
  const waiting = waitingFor === 'nothing' || waitingFor === 'approval' ? '' : `; ${waits[waitingFor]}`;
  return `${phaseText(progress)}${waiting}.`;
}
