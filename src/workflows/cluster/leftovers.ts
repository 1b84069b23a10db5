import { patched } from '@temporalio/workflow';
import type { PlannedMachine } from '../../domain/cluster/plan';
import type { MoveLeft } from '../../domain/cluster/step';
import { problemText } from '../../domain/errors';
import { activities } from '../shared/calls';
import { machineArguments, machineWords } from './machine';
import type { ClusterRun } from './run';
import { stepId, stepToLookAfter } from './step';

/** Runs from before did not look for what a move leaves: they are replayed as they were. */
const looksForLeftovers = 'look-for-leftovers';

/**
 * After a move, however it has ended: a task that broke off may leave disks where it was going, and the next one takes other
 * names for them. The report says what is found; nothing is freed, and the machine goes on.
 */
export async function lookForLeftovers(run: ClusterRun, machine: PlannedMachine): Promise<void> {
  const step = stepToLookAfter(run.operation, stepId('move', machine.vmid));
  if (step === undefined || !patched(looksForLeftovers)) return;
  const title = `Look what the move of ${machineWords(machine)} has left`;
  const looked = await step.attempt(title, () =>
    activities.clusterReads.lookForLeftovers.executeWithOptions({ summary: title }, [
      machineArguments(run, machine),
    ]),
  );
  const seen: MoveLeft = looked.ok ? looked.value : { left: [], notLooked: [problemText(looked.problem)] };
  for (const text of warningsOf(seen)) step.warn(text);
  const leftovers = seen.left.map(({ node, volume }) => `${volume} on ${node}`);
  step.keep({ outcome: 'done', captures: { leftovers } });
}

function warningsOf({ left, notLooked }: MoveLeft): readonly string[] {
  return [
    ...left.map(
      ({ node, volume }) =>
        `${volume} is on ${node}, and its machine's configuration does not name it: the move has left it there, or it was there before. Look at it, then free it on ${node}: pvesm free ${volume}`,
    ),
    ...notLooked.map((it) => `Whether the move has left disks behind is not known: ${it}`),
  ];
}
