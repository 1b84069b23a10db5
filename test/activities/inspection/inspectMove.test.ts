import { labWith, machine, nobodysLeases } from './lab';
import { startLab, useCleanUp } from '../../proxmox/support';
import { unknownNetwork } from '../../planning/given';
import type { ScenarioInput } from '../../../simulator';
import { inspectMove } from '../../../src/activities/inspection/inspectMove';
import { inspectNode } from '../../../src/activities/inspection/inspectNode';
import { planEvacuation } from '../../../src/planning/planMoves';
import { moveStillHolds } from '../../../src/planning/planStillHolds';

const clean = useCleanUp();
const now = () => new Date();

/** A plan for one guest, made on a fresh cluster, and a way to check its move again. */
async function planned(scenario: Partial<ScenarioInput> = {}) {
  const { client, simulator } = await startLab(clean, {
    scenario: labWith({ guests: [machine(101)], ...scenario }),
  });
  const deps = { client, now };
  const request = { node: 'pve01', targets: ['pve02'] };
  const facts = await inspectNode(deps, { ...request, othersLeases: nobodysLeases, depth: 'everything' });
  const [move] = planEvacuation({ facts, request, settings: unknownNetwork }).moves;
  if (move === undefined) throw new Error('nothing to move');
  const check = async () => moveStillHolds(move, await inspectMove(deps, { move }), unknownNetwork, []);
  return { simulator, check };
}

test('an undisturbed move holds, and the check costs one request about the guest', async () => {
  const { simulator, check } = await planned();
  const before = simulator.control.requests().length;
  expect(await check()).toEqual([]);
  const asked = simulator.control.requests().slice(before);
  expect(asked.filter(({ path }) => path.includes('/qemu/101')).map(({ path }) => path)).toEqual([
    '/nodes/pve01/qemu/101/migrate',
  ]);
  expect(asked.every(({ method }) => method === 'GET')).toBe(true);
});

test('a guest that has stopped meanwhile is not moved as if it ran', async () => {
  const { simulator, check } = await planned();
  simulator.control.setGuest(101, { status: 'stopped' });
  expect(await check()).toEqual(['VM 101 (vm-101) was running and is stopped now.']);
});

test('a guest that is locked meanwhile is not moved', async () => {
  const { simulator, check } = await planned();
  simulator.control.setLock(101, 'backup');
  expect(await check()).toEqual([`VM 101 (vm-101) can't move any more: a backup of it is running.`]);
});

test('a guest that has gone meanwhile is missed', async () => {
  const { simulator, check } = await planned();
  simulator.control.removeGuest(101);
  expect(await check()).toEqual(['VM 101 (vm-101) is not on pve01 any more.']);
});

test('a target storage that has filled up is seen', async () => {
  const { simulator, check } = await planned();
  simulator.control.fillStorage('local-lvm', 'pve02');
  expect((await check()).join()).toContain('Storage local-lvm of pve02 has only');
});

test('a target whose memory was taken meanwhile is seen', async () => {
  const { simulator, check } = await planned();
  simulator.control.addGuest({ vmid: 500, node: 'pve02', status: 'running', config: { memory: 60_000 } });
  expect((await check()).join()).toContain('pve02 has only 0 B of memory left');
});
