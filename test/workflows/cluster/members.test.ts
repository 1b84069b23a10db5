import type { ClusterPlan } from '../../../src/domain/cluster/plan';
import type { RunbookStepResult } from '../../../src/domain/runbookReport';
import type { StepPhase } from '../../../src/domain/step';
import { deletedOn } from '../../../src/workflows/cluster/deletedOn';
import { membersAfter, membersKept } from '../../../src/workflows/cluster/members';
import { machineOutcomes } from '../../../src/workflows/cluster/outcomes';
import { summaryOf } from '../../../src/workflows/cluster/summary';
import { talosAfter } from '../../../src/workflows/cluster/talos/record';
import {
  input,
  lookWith,
  member,
  planOf,
  record,
  removalsOf,
  seen,
  talos,
  talosMembers,
  talosProfile,
  talosRecord,
  workers,
} from '../../planning/cluster/given';

const holder = { workflowId: 'change-cluster/home/lab', firstExecutionRunId: 'run-2' };

/** Steps of these ids in these phases; what was kept of them. */
function ended(
  phases: Readonly<Record<string, StepPhase>>,
  captures: Readonly<Record<string, RunbookStepResult['captures']>> = {},
) {
  const steps = Object.entries(phases).map(([id, phase]) => ({
    ...{ id, title: id, kind: 'change' as const, target: 'a machine', vmid: Number(id.split('-').at(-1)) },
    ...{ phase, settledTasks: [], warnings: [] },
  }));
  const results = Object.fromEntries(
    Object.entries(captures).map(([id, it]) => [id, { outcome: 'done' as const, captures: it }]),
  );
  return { steps, results };
}

const outcomes = (plan: ClusterPlan, it: ReturnType<typeof ended>, before = workers) =>
  machineOutcomes(plan, it, membersAfter(plan, it, holder, record(before))).map(({ outcome }) => outcome);

describe('the members after an operation that makes machines', () => {
  const plan = planOf(input({ action: 'create' }));
  const after = (it: ReturnType<typeof ended>) => membersAfter(plan, it, holder, undefined);

  it('has a machine from the moment its clone was asked for, and its uuid once that was read', () => {
    expect(after(ended({ 'clone-2001': 'waiting' }))).toEqual([]);
    const asked = after(ended({ 'clone-2001': 'starting' }));
    expect(asked).toMatchObject([{ vmid: 2001, name: 'lab-worker-1', run: 'run-2', state: 'made' }]);
    expect(asked[0]).not.toHaveProperty('uuid');
    const known = { 'identify-2001': { uuid: 'u-1', node: 'pve03' } };
    expect(after(ended({ 'clone-2001': 'done', 'identify-2001': 'done' }, known))).toMatchObject([
      { uuid: 'u-1', node: 'pve03', state: 'made' },
    ]);
  });

  it('is ready only once it is protected, as the profile wants it', () => {
    const begun = { 'clone-2001': 'done', 'ready-2001': 'done' } as const;
    const seen = { 'ready-2001': { ready: true, address: '192.0.2.7' } };
    expect(after(ended(begun, seen))).toMatchObject([{ state: 'made', address: '192.0.2.7' }]);
    expect(after(ended({ ...begun, 'protect-2001': 'done' }, seen))).toMatchObject([{ state: 'ready' }]);
  });

  it('leaves out what was looked for after its clone failed and is not there', () => {
    const failed = { 'clone-2001': 'skipped', 'clone-2002': 'failed' } as const;
    const looked = { 'clone-2001': { isThere: false }, 'clone-2002': { isThere: null } };
    expect(after(ended(failed, looked)).map(({ vmid }) => vmid)).toEqual([2002]);
    expect(outcomes(plan, ended(failed, looked), [])).toEqual(['notMade', 'unknown', 'notMade']);
  });

  it('parks what a person has left as it is, and says what finishes it', () => {
    const it = ended({ 'clone-2001': 'done', 'start-2001': 'skipped', 'clone-2002': 'starting' });
    expect(outcomes(plan, it, [])).toEqual(['parked', 'made', 'notMade']);
    const machines = machineOutcomes(plan, it, membersAfter(plan, it, holder, undefined));
    const summary = summaryOf({ outcome: 'incomplete', action: 'create', profile: 'lab', plan, machines });
    expect(summary).toContain('0 of 3 machines as planned; open: lab-worker-1, lab-worker-2, lab-worker-3.');
    expect(summary).toContain(
      'pxm cluster create lab makes what is missing, pxm cluster destroy lab removes',
    );
  });

  it('goes on with what an operation before has begun, under the run that its marker has', () => {
    const begun = member('worker', 1, 1001, 'pve01', { state: 'made', run: 'run-1' });
    const again = planOf(input({ action: 'create' }, { members: [begun] }));
    const it = ended({ 'clone-1001': 'done', 'ready-1001': 'done', 'protect-1001': 'done' });
    expect(membersAfter(again, it, holder, record([begun]))).toMatchObject([
      { vmid: 1001, run: 'run-1', uuid: begun.uuid, state: 'ready' },
    ]);
  });
});

test('a Talos machine is where it answered last', () => {
  const plan = planOf(input({ action: 'create' }, { profile: talosProfile() }));
  const [first] = plan.phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
  const vmid = first?.vmid ?? 0;
  const told = (step: string, address: string) => ({ [`${step}-${vmid}`]: { address } });
  const soFar = ended(
    { [`clone-${vmid}`]: 'done' },
    {
      ...told('address', '192.0.2.7'),
      ...told('maintenance', '192.0.2.7'),
      ...told('configured', '192.0.2.8'),
    },
  );
  expect(membersAfter(plan, soFar, holder, undefined)).toMatchObject([{ vmid, address: '192.0.2.8' }]);
});

test('the record keeps which machines are control planes: whoever destroys the cluster may have no profile', () => {
  const scaled = planOf(input({ action: 'scale', counts: { worker: 3 } }, talos));
  const known = talosAfter(scaled, ended({}), talosRecord.talos);
  expect(known).toEqual({ ...talosRecord.talos, controlPlaneRole: 'cp' });
  const destroyed = planOf(input({ action: 'destroy' }, talos));
  expect(talosAfter(destroyed, ended({}), known)).toEqual(known);
});

test('a control plane that is gone stays in the record until etcd does not list it any more', () => {
  const facts = lookWith(talosMembers.filter(({ vmid }) => vmid !== 1003).map((it) => seen(it)));
  const plan = planOf(input({ action: 'scale', counts: { cp: 1 } }, { ...talos, facts }));
  expect(plan.talos?.gone).toMatchObject([{ vmid: 1003 }]);
  const vmids = (soFar: ReturnType<typeof ended>) =>
    membersKept(plan, soFar, membersAfter(plan, soFar, holder, record(talosMembers))).map(({ vmid }) => vmid);
  expect(vmids(ended({}))).toEqual([1001, 1002, 1003, 1004, 1005]);
  expect(vmids(ended({ 'unlist-lab-cp-3': 'skipped' }))).toContain(1003);
  expect(vmids(ended({ 'unlist-lab-cp-3': 'done', 'delete-1002': 'done' }))).toEqual([1001, 1004, 1005]);
});

describe('the members after an operation that takes machines away', () => {
  it('has those that are set aside under their other name, and none of those that are gone', () => {
    const aside = planOf(input({ action: 'destroy' }, { members: workers }));
    const half = ended({ 'aside-1001': 'done', 'shutdown-1002': 'skipped' });
    expect(membersAfter(aside, half, holder, record(workers))).toMatchObject([
      { vmid: 1001, name: 'lab-worker-1-aside', state: 'aside' },
      { vmid: 1002, name: 'lab-worker-2', state: 'ready' },
      { vmid: 1003, state: 'ready' },
    ]);
    expect(outcomes(aside, half)).toEqual(expect.arrayContaining(['aside', 'kept', 'kept']));
    const gone = planOf(input({ action: 'destroy', now: true }, { members: workers }));
    const all = ended({ 'delete-1001': 'done', 'delete-1002': 'done', 'delete-1003': 'done' });
    expect(membersAfter(gone, all, holder, record(workers))).toEqual([]);
    expect(new Set(outcomes(gone, all))).toEqual(new Set(['deleted']));
  });

  it('drops what was gone before it could be set aside, and counts it as deleted', () => {
    const plan = planOf(input({ action: 'destroy' }, { members: workers }));
    const phases = { 'aside-1001': 'done', 'aside-1002': 'done', 'aside-1003': 'done' } as const;
    const it = ended(phases, { 'aside-1002': { wasThere: false } });
    const members = membersAfter(plan, it, holder, record(workers));
    expect(members.map(({ vmid, state }) => [vmid, state])).toEqual([
      [1001, 'aside'],
      [1003, 'aside'],
    ]);
    const byVmid = machineOutcomes(plan, it, members).toSorted((one, other) => one.vmid - other.vmid);
    expect(byVmid.map(({ outcome }) => outcome)).toEqual(['aside', 'deleted', 'aside']);
  });

  it('looks for what is left of one on the node on which it was deleted', () => {
    const [removal] = removalsOf(planOf(input({ action: 'destroy', now: true }, { members: workers })));
    const nodeOf = (steps: Parameters<typeof deletedOn>[0]['operation']['state']['steps']) =>
      removal && deletedOn({ operation: { state: { steps } } }, removal).member.node;
    const id = `delete-${removal?.member.vmid ?? 0}`;
    const upid = (node: string) => `UPID:${node}:0001:0002:0003:qmdestroy:1001:pxm@pve!token:`;
    expect(nodeOf([])).toBe(removal?.member.node);
    expect(nodeOf([{ id, upid: upid('pve07'), settledTasks: [upid('pve01')] }])).toBe('pve07');
    expect(nodeOf([{ id, settledTasks: [upid('pve01'), upid('pve08'), 'something else'] }])).toBe('pve08');
  });

  it('is not through with a machine whose disks are still there', () => {
    const plan = planOf(input({ action: 'destroy', now: true }, { members: workers }));
    const phases = { 'delete-1001': 'done', 'delete-1002': 'done', 'delete-1003': 'done' } as const;
    const left = ['local-lvm:vm-1002-disk-0'];
    const it = ended({ ...phases, 'disks-1001': 'skipped' }, { 'disks-1001': { left } });
    const machines = machineOutcomes(plan, it, []);
    expect(machines.toSorted((one, other) => one.vmid - other.vmid)).toMatchObject([
      { vmid: 1001, outcome: 'deleted' },
      { vmid: 1002, outcome: 'disksLeft', because: 'local-lvm:vm-1002-disk-0' },
      { vmid: 1003, outcome: 'deleted' },
    ]);
    const summary = summaryOf({ outcome: 'incomplete', action: 'destroy', profile: 'lab', plan, machines });
    expect(summary).toContain('2 of 3 machines as planned; open: lab-worker-2.');
    expect(summary).toContain('Free the disks that are still there by hand');
  });

  it('has their own names again once they are brought back, and drops what the plan found gone', () => {
    const aside = workers.map((it) => ({ ...it, name: `${it.name}-aside`, state: 'aside' as const }));
    const plan = planOf(input({ action: 'undo' }, { members: aside }));
    const answered = { 'ready-1001': { ready: true, address: '192.0.2.7' } };
    const begun = { 'revive-1001': 'done', 'start-1001': 'done', 'revive-1002': 'done' } as const;
    const it = ended({ ...begun, 'ready-1001': 'done' }, answered);
    expect(membersAfter(plan, it, holder, record(aside))).toMatchObject([
      { name: 'lab-worker-1', state: 'ready', address: '192.0.2.7' },
      { name: 'lab-worker-2', state: 'aside' },
      { name: 'lab-worker-3-aside', state: 'aside' },
    ]);
    expect(outcomes(plan, it)).toEqual(['revived', 'made', 'kept']);
    // A start proves nothing; what a person has not waited for stays the member that it was.
    const silent = ended({ ...begun, 'ready-1001': 'skipped' }, answered);
    expect(membersAfter(plan, silent, holder, record(aside))[0]).toEqual(workers[0]);
    expect(outcomes(plan, silent)).toEqual(['parked', 'made', 'kept']);
    const names = machineOutcomes(plan, it, membersAfter(plan, it, holder, record(aside))).map(
      (machine) => machine.name,
    );
    expect(names).toEqual(workers.map(({ name }) => name));
    expect(membersAfter({ ...plan, phases: [], keeps: [] }, it, holder, record(aside))).toEqual([]);
  });

  it('are no more than they were before once they are back: one that was never ready is not', () => {
    const before = workers.map((it, at) => ({ ...it, state: at === 0 ? ('made' as const) : it.state }));
    const destroy = planOf(input({ action: 'destroy' }, { members: before }));
    const gone = ended({ 'aside-1001': 'done', 'aside-1002': 'done', 'aside-1003': 'done' });
    const aside = membersAfter(destroy, gone, holder, record(before));
    expect(aside.every(({ state }) => state === 'aside')).toBe(true);
    const undo = planOf(input({ action: 'undo' }, { members: aside }));
    const ids = aside.flatMap(({ vmid }) => [`revive-${vmid}`, `start-${vmid}`]);
    const seenReady = ['ready-1002', 'ready-1003'];
    const back = ended(Object.fromEntries([...ids, ...seenReady].map((id) => [id, 'done' as const])));
    expect(membersAfter(undo, back, holder, record(aside))).toEqual(before);
    expect(outcomes(undo, back, [...aside])).toEqual(['revived', 'revived', 'revived']);
  });
});

test('an adoption that was passed over counts where the marker is there all the same', () => {
  const byHand = seen(member('worker', 1, 500, 'pve02'), { description: undefined });
  const facts = lookWith([byHand]);
  const plan = planOf(input({ action: 'adopt', adopt: { 'lab-worker-1': 500 } }, { facts }));
  const skipped = { 'adopt-500': 'skipped' } as const;
  expect(membersAfter(plan, ended(skipped), holder, undefined)).toEqual([]);
  const found = ended(skipped, { 'adopt-500': { isThere: true } });
  expect(membersAfter(plan, found, holder, undefined)).toMatchObject([{ vmid: 500, run: 'run-2' }]);
});
