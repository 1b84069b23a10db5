import { profileText, setClusterStage, type ClusterStage, type RunningChange } from './support/clusterStage';
import { everyVmid } from './support/templateStage';
import { waitUntil } from '../support/waitUntil';

let stage: ClusterStage;
afterEach(async () => stage.close());

/** Waits until steps are in a phase. */
function inPhase(running: RunningChange, phase: string, ids: readonly string[]): Promise<void> {
  return running.reached(({ steps }) =>
    ids.every((id) => steps.some((step) => step.id === id && step.phase === phase)),
  );
}

/** Sends messages that change nothing until the run hands over. */
async function carriedOver({ handle }: RunningChange): Promise<void> {
  const { runId } = await handle.describe();
  await waitUntil('the next run', async () => {
    for (let times = 0; times < 8; times += 1) await handle.signal('resume', { by: 'test' });
    return (await handle.describe()).runId === runId ? undefined : true;
  });
}

test('a destruction that a person ends: what runs is followed over a new run, and what an abort has cut off is looked for', async () => {
  stage = await setClusterStage();
  const { control } = stage.lab.simulator;
  stage.writeProfile('lab', profileText('lab'));
  await stage.change('lab', 'create');
  for (const vmid of [1000, 1001]) control.setGuest(vmid, { behaviour: { shutdownSeconds: 3_000 } });
  const going = await stage.ask('lab', 'destroy', {
    ...{ historyEventLimit: 100, hardStop: true, shutdownTimeoutMs: 7_200_000 },
  });
  await going.approved();
  await inPhase(going, 'running', ['shutdown-1000', 'shutdown-1001']);
  await inPhase(going, 'done', ['aside-1002']);
  // A task that somebody stopped says nothing of the machine: it is not stopped hard, whatever was approved.
  control.killWorker({ type: 'qmshutdown', id: '1000' });
  const decision = await going.decision();
  expect(decision).toMatchObject({ kind: 'stepFailed', stepId: 'shutdown-1000' });
  expect(decision.choices).toEqual(['retry', 'skip', 'abort']);

  await going.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'finish' }] });
  await carriedOver(going);
  expect(control.guest(1001).status).toBe('running');
  await control.advance(3_000);
  const report = await going.report();
  expect(report).toMatchObject({ outcome: 'cancelled' });
  expect(report.machines.map(({ outcome }) => outcome)).toEqual(['aside', 'shutDown', 'kept']);
  expect(report.steps.find(({ id }) => id === 'shutdown-1001')).toMatchObject({ outcome: 'done' });
  expect([1000, 1001].map((vmid) => control.guest(vmid).status)).toEqual(['running', 'stopped']);

  await stage.seen('lab', 'the end of it', ({ operation }) => operation === undefined);
  const hold = control.holdRequest({ method: 'DELETE', path: '/nodes/pve02/qemu/1001' }, 'before answering');
  const again = await stage.ask('lab', 'destroy', { now: true, hardStop: true, shutdownTimeoutMs: 20_000 });
  await again.approved();
  await hold.arrived;
  await inPhase(again, 'done', ['delete-1000', 'delete-1002']);
  await again.handle.executeUpdate('cancel', { args: [{ by: 'test', running: 'abort' }] });
  const gone = await again.report();
  hold.release();
  expect(gone.machines.map(({ outcome }) => outcome)).toEqual(['deleted', 'deleted', 'deleted']);
  expect(everyVmid(stage)).toEqual([900, 901, 902]);
});
