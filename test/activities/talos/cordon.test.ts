import { drainMachine, uncordonMachine } from '../../../src/activities/talos/kubernetes';
import { useCleanUp } from '../../proxmox/support';
import { machineOf, talosStage, withinMs } from './stage';

const clean = useCleanUp();

test('a node that a person has cordoned before its drain stays so where its machine stays after all', async () => {
  const { dependencies, attempt, control, running } = await talosStage(clean);
  const { files } = await running(1, 1);
  const machine = machineOf('worker', 1);
  const nodeNow = () => control.cluster().nodes.find(({ name }) => name === machine.name);
  const drained = () => drainMachine(dependencies, attempt, { files, machine, withinMs });
  const mark = (isUnschedulable: boolean) =>
    control.change(({ clusters: [cluster] }) => {
      for (const node of cluster?.nodes ?? [])
        if (node.name === machine.name) node.isUnschedulable = isUnschedulable;
    });
  mark(true);
  await drained();
  await uncordonMachine(dependencies, attempt, { files, machine });
  expect(nodeNow()?.isUnschedulable).toBe(true);

  mark(false);
  // Its worker died after the first: what the second finds cordoned was not cordoned by a person.
  await drained();
  await drained();
  expect(nodeNow()).toMatchObject({
    isUnschedulable: true,
    annotations: { 'proxmox-manager/cordoned': 'true' },
  });
  await uncordonMachine(dependencies, attempt, { files, machine });
  await uncordonMachine(dependencies, attempt, { files, machine });
  expect(nodeNow()).toMatchObject({ isUnschedulable: false, annotations: {} });
});
