import { deleteMachineNode, drainMachine, uncordonMachine } from '../../../src/activities/talos/kubernetes';
import type { ActivityAttempt } from '../../../src/activities/shared/attempt';
import type { TalosFiles } from '../../../src/domain/talos/machine';
import type { KubernetesNode } from '../../../standins/state/types';
import { machineOf, talosStage, withinMs } from './stage';

const machine = machineOf('worker', 1);
const next = 'cccccccc-0000-4000-8000-000000000001';

describe('the node of a machine', () => {
  const undoings: (() => unknown)[] = [];
  let stage: Awaited<ReturnType<typeof talosStage>>;
  let files: TalosFiles;
  beforeAll(async () => {
    stage = await talosStage((undo) => undoings.push(undo));
    ({ files } = await stage.running(1, 1));
  });
  afterAll(async () => {
    for (const undo of undoings.splice(0).reverse()) await undo();
  });

  const nodeNow = () => stage.control.cluster().nodes.find(({ name }) => name === machine.name);
  const drained = (attempt: ActivityAttempt) =>
    drainMachine(stage.dependencies, attempt, { files, machine, withinMs });
  const deleted = (attempt: ActivityAttempt) =>
    deleteMachineNode(stage.dependencies, attempt, { files, machine });
  /** Somebody writes it. */
  const written = (more: Partial<KubernetesNode>) => () =>
    stage.control.change(({ clusters: [cluster] }) => {
      const node = cluster?.nodes.find(({ name }) => name === machine.name);
      if (cluster === undefined || node === undefined) throw new Error('it is no node');
      cluster.revision += 1;
      Object.assign(node, more, { version: cluster.revision });
    });

  test('stays cordoned where a person has cordoned it before its drain, and the machine stays after all', async () => {
    const { dependencies, attempt } = stage;
    const uncordoned = () => uncordonMachine(dependencies, attempt, { files, machine });
    written({ isUnschedulable: true })();
    await drained(attempt);
    await uncordoned();
    expect(nodeNow()?.isUnschedulable).toBe(true);

    written({ isUnschedulable: false })();
    // Its worker died after the first: what the second finds cordoned was not cordoned by a person.
    await drained(attempt);
    await drained(attempt);
    expect(nodeNow()).toMatchObject({
      isUnschedulable: true,
      annotations: { 'proxmox-manager/cordoned': 'true' },
    });
    await uncordoned();
    await uncordoned();
    expect(nodeNow()).toMatchObject({ isUnschedulable: false, annotations: {} });
  });

  test('is neither deleted nor cordoned by what comes late, once the next machine of its name is there, nor are its pods evicted', async () => {
    const { attempt, control, kubernetes } = stage;
    control.deploy({ namespace: 'shop', name: 'web', replicas: 2, hasLocalData: false });
    const onIt = control.cluster().pods.filter(({ node }) => node === machine.name);
    expect(onIt.filter(({ namespace }) => namespace === 'shop')).toHaveLength(2);
    control.powerOff(machine.uuid);
    const madeAnew = written({ uuid: next, uid: 'of-the-next' });
    const takenOver = written({ uuid: next });
    const oursAgain = written({ uuid: machine.uuid, uid: 'of-ours' });
    /** An attempt that is held up right before its first request. */
    const heldUp = (meanwhile: () => void): ActivityAttempt => {
      let isFirst = true;
      const requireAlive = () => {
        if (isFirst) meanwhile();
        isFirst = false;
      };
      return { ...attempt, requireAlive };
    };
    for (const meanwhile of [madeAnew, takenOver]) {
      oursAgain();
      await deleted(heldUp(meanwhile));
      expect(nodeNow()).toMatchObject({ uuid: next });
      oursAgain();
      expect(await drained(heldUp(meanwhile))).toMatchObject({ wasNode: false });
      expect(nodeNow()).toMatchObject({ uuid: next, isUnschedulable: false });
    }
    oursAgain();
    expect(await drained({ ...attempt, tell: madeAnew })).toMatchObject({ wasNode: true, evicted: 0 });
    expect(kubernetes.calls.filter(({ path }) => path.endsWith('/eviction'))).toEqual([]);

    // What its own kubelet writes meanwhile holds nothing up.
    oursAgain();
    const before = kubernetes.calls.length;
    await deleted(heldUp(written({})));
    const deletions = kubernetes.calls.slice(before).filter(({ method }) => method === 'DELETE');
    expect(deletions.map(({ status }) => status)).toEqual([409, 200]);
    expect(nodeNow()).toBeUndefined();
  });
});
