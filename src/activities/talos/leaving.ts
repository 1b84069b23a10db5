import { setTimeout as delay } from 'node:timers/promises';
import { ManagerError } from '../../domain/errors';
import type { LeavingSeen } from '../../domain/talos/machine';
import { membersOf } from '../../planning/rules/etcdMembers';
import { readEtcd } from '../../talos/members';
import { lookAtOwnMachine } from '../../talos/probe';
import type { TalosContext } from '../../talos/tool';
import type { ActivityAttempt } from '../shared/attempt';
import { talosContext } from './context';
import type { LeavingQuestion } from './contract';
import type { TalosDependencies } from './dependencies';

/** What changes by itself, or may. */
const goesOn: ReadonlySet<LeavingSeen['how']> = new Set(['leaves', 'unknown']);

/** See TalosActivities.lookForTalosReset. */
export async function lookForMachineReset(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  question: LeavingQuestion,
): Promise<LeavingSeen> {
  const context = await talosContext(dependencies, attempt, question.files);
  const begun = performance.now();
  for (;;) {
    const seen = await lookOnce(dependencies, attempt, context, question);
    attempt.tell(seen);
    if (!goesOn.has(seen.how) || performance.now() - begun > question.withinMs) return seen;
    await delay(dependencies.everyMs, undefined, { signal: attempt.signal });
  }
}

/** As Talos calls them. */
const stagesOfLeaving = ['resetting', 'shutting down'];

async function lookOnce(
  { powerOf }: TalosDependencies,
  attempt: ActivityAttempt,
  context: TalosContext,
  question: LeavingQuestion,
): Promise<LeavingSeen> {
  const power = await powerOf(attempt, question);
  if (power !== 'running') return withoutIt(context, question, power === 'gone' ? 'it is gone' : 'it is off');
  const { face, stage = 'in no stage' } = await lookAtOwnMachine(context, question.machine);
  switch (face) {
    case 'maintenance':
      return withoutIt(context, question, 'it was wiped, and waits for a configuration');
    case 'ours':
      return stagesOfLeaving.includes(stage)
        ? { how: 'leaves', because: `it is ${stage}` }
        : { how: 'stays', because: `it still knows the cluster (it is ${stage})` };
    case 'foreign':
      return { how: 'unknown', because: "it runs, and does not know this cluster's certificates" };
    case 'silent':
      return { how: 'unknown', because: 'it runs, and does not answer' };
  }
}

/** A machine that works no more has left once etcd does not have it either. */
async function withoutIt(
  context: TalosContext,
  { others, machine }: LeavingQuestion,
  words: string,
): Promise<LeavingSeen> {
  if (others === undefined) return { how: 'left', because: words };
  try {
    const { unclaimed } = membersOf(await readEtcd(context, { others }), machine);
    if (unclaimed.length === 0)
      return { how: 'left', because: `${words}, and etcd does not have it as a member` };
    return {
      how: 'stillMember',
      because: `${words}, and etcd still has it as a member (${unclaimed.join(', ')})`,
    };
  } catch (error) {
    if (!(error instanceof ManagerError) || error.code === 'Interrupted') throw error;
    const because = `${words}, and nobody tells whether etcd still has it as a member (${error.problem.failed})`;
    return { how: 'unknown', because };
  }
}
