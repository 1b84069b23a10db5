import type { StepPhase } from '../../../src/domain/step';
import { machinesInMotion } from '../../../src/workflows/cluster/inMotion';
import { aside, input, planOf, workers } from '../../planning/cluster/given';
import { without } from '../../planning/template/given';

const steps = (phases: Readonly<Record<string, StepPhase>>) =>
  Object.entries(phases).map(([id, phase]) => ({ id, phase, vmid: Number(id.split('-').at(-1)) }));

test('a machine is in motion from its first step to its last, also between two and while it asks', () => {
  const plan = planOf(input({ action: 'create' }));
  expect(machinesInMotion(plan, steps({ 'clone-2001': 'waiting' }))).toEqual([]);
  expect(machinesInMotion(plan, steps({ 'clone-2001': 'done' }))).toEqual([2001]);
  expect(machinesInMotion(plan, steps({ 'clone-2001': 'done', 'start-2001': 'deciding' }))).toEqual([2001]);
  expect(machinesInMotion(plan, steps({ 'clone-2001': 'done', 'start-2001': 'skipped' }))).toEqual([]);
  expect(machinesInMotion(plan, steps({ 'ready-2001': 'done', 'protect-2001': 'done' }))).toEqual([]);
  expect(machinesInMotion({ ...plan, protection: false }, steps({ 'ready-2001': 'done' }))).toEqual([]);
});

test('one that goes is through with its last step as well', () => {
  const plan = planOf(input({ action: 'destroy' }, { members: workers }));
  expect(machinesInMotion(plan, steps({ 'shutdown-1001': 'done', 'aside-1002': 'done' }))).toEqual([1001]);
});

test('one that comes back is through once it is ready again; where the plan does not wait for that, once it is started', () => {
  const plan = planOf(input({ action: 'undo' }, { members: aside }));
  const started = steps({ 'start-1001': 'done', 'ready-1002': 'done' });
  expect(machinesInMotion(plan, started)).toEqual([1001]);
  const phases = plan.phases.map((phase) =>
    phase.kind === 'revive'
      ? { ...phase, removals: phase.removals.map((removal) => without(removal, 'readiness')) }
      : phase,
  );
  expect(machinesInMotion({ ...plan, phases }, steps({ 'start-1001': 'done' }))).toEqual([]);
});
