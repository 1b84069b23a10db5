import { activities } from '../../shared/calls';
import { isCancelled } from '../../shared/frameStep';
import type { ClusterRun } from '../run';
import { callStep } from '../step';
import { talosFiles, talosMachine } from './machines';

const { talosChanges: changes } = activities;

const snapshotStep = 'snapshot';

/**
 * Saves what etcd holds before a cluster goes as a whole, where the plan says so. True if it is saved, or a person has passed
 * it over: what is broken must go too.
 */
export async function saveLastSnapshot(run: ClusterRun): Promise<boolean> {
  const { plan, operation, change } = run;
  const { lastSnapshot = [] } = plan;
  const members = change.record?.members ?? [];
  const [on, ...orOn] = lastSnapshot.flatMap((wanted) => {
    const member = members.find(({ vmid }) => vmid === wanted);
    return (member && talosMachine(member)) ?? [];
  });
  if (on === undefined) return true;
  const name = `${plan.action}-${plan.profile}-${operation.holder.firstExecutionRunId}`;
  const isSaved = await callStep(
    run,
    { name: snapshotStep, title: 'Save what etcd holds before the cluster goes' },
    (options) =>
      changes.snapshotEtcd.executeWithOptions(options, [{ files: talosFiles(run), on, orOn, name }]),
    { keep: (step, file) => step.keep({ outcome: 'done', captures: { ...file } }) },
  );
  const isPassedOver = operation.state.steps.some(
    ({ id, phase }) => id === snapshotStep && phase === 'skipped',
  );
  return isSaved || (isPassedOver && !isCancelled(run));
}
