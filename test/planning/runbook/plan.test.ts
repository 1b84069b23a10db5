import type { RenderedRunbook, RenderedStep } from '../../../src/domain/runbook/plan';
import { calledSteps } from '../../../src/planning/runbook/calledSteps';
import { planRun, runbookDifference, type RunbookPlanInput } from '../../../src/planning/runbook/plan';
import { managerErrorOf } from '../../proxmox/support';

function step(id: string, more: Partial<RenderedStep> = {}): RenderedStep {
  return {
    id,
    title: `Step ${id}`,
    line: 1,
    kind: 'read',
    executor: 'local',
    place: { at: 'worker' },
    action: { type: 'script', script: [`echo ${id}`] },
    shown: `echo ${id}`,
    instructions: '',
    expectations: [],
    captures: [],
    destructive: false,
    ...more,
  };
}

const value = { value: 'found', as: 'shell' } as const;
const finding = step('find', { captures: [{ name: 'found', path: [] }] });
const using = step('use', { action: { type: 'script', script: ['echo ', value] } });

function input(steps: readonly RenderedStep[], more: Partial<RunbookPlanInput> = {}): RunbookPlanInput {
  const runbook: RenderedRunbook = {
    ...{ name: 'r', title: 'R', description: 'd', sha256: 'a', parameters: [], steps },
    ...{ secrets: [], localTools: [], testedWith: [], warnings: [] },
  };
  return {
    ...{ cluster: 'lab', runbook, files: [{ name: 'r', sha256: 'a' }], nodes: ['pve01'], captures: {} },
    times: { approvalExpiresAfterMs: 1, remindEveryMs: 1, stallAfterMs: 1 },
    madeAt: new Date(0),
    warnings: [],
    ...more,
  };
}

test('the hash is of what is done: not of words, lines and times, but of files, nodes and captures', () => {
  const { hash } = planRun(input([finding]));
  const same = planRun(
    input([step('find', { captures: finding.captures, title: 'x', line: 9 })], { madeAt: new Date(5) }),
  );
  expect(same.hash).toBe(hash);
  const others = [
    input([step('find')]),
    input([finding], { nodes: ['pve01', 'pve02'] }),
    input([finding], { files: [{ name: 'r', sha256: 'b' }] }),
    input([finding], { captures: { more: 1 } }),
  ];
  expect(new Set([hash, ...others.map((it) => planRun(it).hash)]).size).toBe(5);
});

test('what differs is said in words', () => {
  const before = planRun(input([finding]));
  const after = planRun(input([finding, using], { files: [{ name: 'r', sha256: 'b' }] }));
  expect(runbookDifference(before, before)).toEqual([]);
  expect(runbookDifference(before, after)).toEqual([
    'The file of the runbook r has changed.',
    'New step: Step use.',
  ]);
});

test('a destructive step is approved with the plan only if it names all that it touches', () => {
  const open = { ...using, id: 'open', kind: 'destroy', destructive: true } as const;
  const closed = step('closed', { kind: 'destroy', destructive: true });
  expect(planRun(input([finding, open, closed]))).toMatchObject({
    destroys: ['closed'],
    asksBefore: ['open'],
  });
  const known = planRun(input([finding, open], { fromStep: 'open', captures: { found: 'x' } }));
  expect(known).toMatchObject({ destroys: ['open'], asksBefore: [] });
});

test('a run begins in the middle only where what it needs is known', async () => {
  const begin = (captures: RunbookPlanInput['captures'], fromStep = 'use') =>
    Promise.resolve().then(() => planRun(input([finding, using], { fromStep, captures })));
  expect((await managerErrorOf(begin({}))).problem.failed).toContain('use needs found');
  expect((await managerErrorOf(begin({}, 'nothing'))).problem.remedy).toContain('find, use');
  await expect(begin({ found: 'x' })).resolves.toMatchObject({ fromStep: 'use', captures: { found: 'x' } });
});

test('steps of a called runbook keep their values to themselves, and share the conditions of the call', () => {
  const holds = { kind: 'value', name: 'wanted', path: [] } as const;
  const call = step('call', { title: 'Call', when: holds });
  const [first, second] = calledSteps(call, [
    finding,
    {
      ...using,
      when: { kind: 'value', name: 'found', path: ['id'] },
      shown: 'echo {{found}} {{.Name}}',
      instructions: 'Look at {{found}}.',
    },
  ]);
  expect(first).toMatchObject({ id: 'call.find', captures: [{ name: 'call.found' }], when: holds });
  expect(second).toMatchObject({
    id: 'call.use',
    action: { script: ['echo ', { value: 'call.found' }] },
    shown: 'echo {{call.found}} {{.Name}}',
    instructions: 'Look at {{call.found}}.',
    when: { kind: 'and', left: holds, right: { name: 'call.found', path: ['id'] } },
  });
});

test('what a failure alone calls is done as a whole only then, its clean-up as well', () => {
  const steps = [step('look'), step('remove', { cleanup: 'always' })];
  const cleanups = (call: Parameters<typeof calledSteps>[0]) =>
    calledSteps(call, steps).map(({ cleanup }) => cleanup);
  const call = { id: 'undo', title: 'Undo', line: 7 };
  expect(cleanups({ ...call, cleanup: 'onFailure' })).toEqual(['onFailure', 'onFailure']);
  expect(cleanups({ ...call, cleanup: 'always' })).toEqual(['always', 'always']);
  expect(cleanups(call)).toEqual([undefined, 'always']);
});
