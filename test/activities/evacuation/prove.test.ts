import { labWith, machine } from '../inspection/lab';
import { startLab, useCleanUp } from '../../proxmox/support';
import { proveMove } from '../../../src/activities/evacuation/prove';
import type { PlannedMove } from '../../../src/domain/evacuationPlan';

const clean = useCleanUp();

const move: PlannedMove = {
  vmid: 101,
  name: 'vm-101',
  kind: 'qemu',
  source: 'pve01',
  target: 'pve02',
  mode: 'live',
  reservedMemoryBytes: 2 ** 30,
  ramBytes: 2 ** 30,
  localDisks: [],
  diskBytes: 0,
  estimatedSeconds: 10,
  because: 'a test',
};

async function labWithGuestOn(node: string) {
  const scenario = labWith({ guests: [{ ...machine(101), node }] });
  const { client, simulator } = await startLab(clean, { scenario });
  const prove = () => proveMove({ proxmox: client }, { signal: new AbortController().signal }, move);
  return { simulator, prove };
}

test('a guest on its target is proven there, one on its source there', async () => {
  const arrived = await labWithGuestOn('pve02');
  expect(await arrived.prove()).toMatchObject({ where: 'target', node: 'pve02', running: true });
  const stayed = await labWithGuestOn('pve01');
  expect(await stayed.prove()).toMatchObject({ where: 'source', node: 'pve01' });
});

test('a guest that somebody moved elsewhere is found there', async () => {
  const { prove } = await labWithGuestOn('pve03');
  expect(await prove()).toMatchObject({ where: 'elsewhere', node: 'pve03' });
});

test("the cluster's list, which keeps the guests of a dead node, is not believed without asking that node", async () => {
  const { simulator, prove } = await labWithGuestOn('pve03');
  await simulator.control.crashNode('pve03');
  expect(await prove()).toMatchObject({
    where: 'unknown',
    seen: "the cluster's list names pve03, which does not answer",
  });
});

test('a guest is not called stayed or moved while the target does not answer and the source does not have it', async () => {
  const { simulator, prove } = await labWithGuestOn('pve02');
  await simulator.control.crashNode('pve02');
  expect(await prove()).toMatchObject({ where: 'unknown' });
});
