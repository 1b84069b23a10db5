import type { PlannedMove } from '../../src/domain/evacuationPlan';
import type { Step } from '../../src/domain/step';
import { underWayBeside } from '../../src/workflows/underWay';
import { facts, guest, settings } from '../planning/given';
import { planEvacuation } from '../../src/planning/planMoves';

const plan = planEvacuation({
  facts: facts({ guests: [guest(101), guest(102)] }),
  request: { node: 'pve01', targets: ['pve02'] },
  settings,
});

function step(vmid: number, more: Partial<Step>): Step {
  return {
    id: `move-${vmid}`,
    title: 'a move',
    kind: 'change',
    target: `qemu/${vmid}`,
    vmid,
    phase: 'starting',
    settledTasks: [],
    warnings: [],
    ...more,
  };
}

function countedBeside(other: Partial<Step>): readonly number[] {
  const [own, beside] = [step(101, {}), step(102, other)];
  const [move] = plan.moves.filter((it: PlannedMove) => it.vmid === 101);
  return move === undefined ? [] : underWayBeside(own, [own, beside], plan, move).map(({ vmid }) => vmid);
}

test('two failed steps that ask do not block each other', () => {
  expect(countedBeside({ phase: 'deciding' })).toEqual([]);
  expect(countedBeside({ phase: 'deciding', upid: 'UPID:pve01:1', taskEnded: true })).toEqual([]);
});

test('a migration that runs or is begun takes memory, also while its step asks what to do about it', () => {
  expect(countedBeside({ phase: 'starting' })).toEqual([102]);
  expect(countedBeside({ phase: 'copying', upid: 'UPID:pve01:1' })).toEqual([102]);
  expect(countedBeside({ phase: 'deciding', upid: 'UPID:pve01:1' })).toEqual([102]);
});

test('what has not begun or is over takes none that is not in the figures of the node', () => {
  expect(countedBeside({ phase: 'waiting' })).toEqual([]);
  expect(countedBeside({ phase: 'done' })).toEqual([]);
});
