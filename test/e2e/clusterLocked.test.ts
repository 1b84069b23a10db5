import { profileText, setClusterStage, type ClusterStage } from './support/clusterStage';

let stage: ClusterStage;
beforeEach(async () => {
  stage = await setClusterStage('9');
  stage.writeProfile('lab', profileText('lab', 'type: plain\nstorage: nfs').replace('count: 3', 'count: 1'));
});
afterEach(async () => stage.close());

const clones = () =>
  stage.lab.simulator.control.cluster.tasks.all().filter(({ parts }) => parts.type === 'qmclone');

/** Somebody else keeps the lock of the storage; what is returned waits until so many clones have given up on it, and ends that. */
async function holdStorage(): Promise<(givenUp: number) => Promise<void>> {
  const { control } = stage.lab.simulator;
  const release = await control.cluster.locks.acquire('*', 'storage-nfs', {});
  return async (times) => {
    const givenUp = () => clones().filter(({ exitStatus }) => /lock request timeout/.test(exitStatus ?? ''));
    await control.waitFor(() => givenUp().length === times, 'clones that gave up on the lock');
    release();
  };
}

test('a clone that gave up on the lock of its storage is begun again, and the report says so', async () => {
  const running = await stage.ask('lab', 'create');
  const releasedAfter = await holdStorage();
  await running.approved();
  await releasedAfter(1);
  const report = await running.report();
  expect(report).toMatchObject({ outcome: 'done', decisions: [] });
  expect(JSON.stringify(report)).toContain('It was begun again: ');
  expect(clones()).toHaveLength(2);
  expect(
    stage.lab.simulator.control.cluster.volumes.all().filter(({ volid }) => volid.startsWith('nfs:')),
  ).toHaveLength(2);
});

test('it is asked about once it gave up four times', async () => {
  const running = await stage.ask('lab', 'create');
  const releasedAfter = await holdStorage();
  await running.approved();
  await releasedAfter(4);
  const decision = await running.decision();
  expect(decision).toMatchObject({ problem: { code: 'TaskFailed' } });
  expect(clones()).toHaveLength(4);
  await running.decide(decision, 'retry');
  expect(await running.report()).toMatchObject({ outcome: 'done' });
  expect(clones()).toHaveLength(5);
});
