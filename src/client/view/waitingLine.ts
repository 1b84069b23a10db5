import type { OperationPhase, WaitingFor } from '../../domain/progress';
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

/** What the phases are that differ from one operation to the other. */
const ownPhases: Readonly<Record<string, Partial<Record<OperationPhase, string>>>> = {
  runRunbook: {
    running: 'Runs the runbook, step by step',
    paused: 'Paused: what runs is finished, no further step starts',
  },
  runPlaybook: {
    planning: 'Reads the playbook and plans',
    running: 'Runs the playbook',
    paused: 'Paused: a run that has begun goes on, none begins',
  },
  createTemplate: {
    running: 'Makes the template, step by step',
    paused: 'Paused: what runs is finished, no further step starts',
    verifying: 'Looks which version is in force',
  },
  changeCluster: {
    running: 'Changes the cluster, its machines side by side',
    paused: 'Paused: steps that run are finished, no further one starts',
  },
  ...Object.fromEntries(
    ['bootstrapAccess', 'rotateToken', 'undoAccess'].map((type) => [
      type,
      { running: 'Changes the access, step by step', paused: 'Paused: no further step starts' },
    ]),
  ),
};

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
  return `${ownPhases[snapshot.type]?.[progress.phase] ?? phases[progress.phase]}${waiting}.`;
}
