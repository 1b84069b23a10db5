import type { ClusterMember } from '../../../src/domain/cluster/member';
import type { ClusterRequest } from '../../../src/domain/cluster/request';
import { problem } from '../../../src/domain/errors';
import type { Step } from '../../../src/domain/step';
import { clusterCounts } from '../../../src/domain/rendering/clusterFacts';
import type { ClusterLook } from '../../../src/planning/cluster/facts';
import { membersAfter } from '../../../src/workflows/cluster/members';
import { isAsPlanned, machineOutcomes } from '../../../src/workflows/cluster/outcomes';
import { summaryOf } from '../../../src/workflows/cluster/summary';
import {
  aside,
  input,
  listed,
  lookWith,
  member,
  node,
  planOf,
  record,
  seen,
  uuidOf,
  workers,
} from '../../planning/cluster/given';

const holder = { workflowId: 'change-cluster/home/lab', firstExecutionRunId: 'run-2' };

/** How a change ends of which these steps are done, and nothing else was to be done. */
function endOf(
  request: Omit<ClusterRequest, 'profile'>,
  { facts, members = workers }: { readonly facts: ClusterLook; readonly members?: readonly ClusterMember[] },
  done: readonly string[] = [],
) {
  const plan = planOf(input(request, { members, facts }));
  const steps = done.map((id) => ({
    ...{ id, title: id, kind: 'change' as const, target: 'a machine', vmid: Number(id.split('-').at(-1)) },
    ...{ phase: 'done' as const, settledTasks: [], warnings: [] },
  }));
  const ended = { steps, results: {} };
  const machines = machineOutcomes(plan, ended, membersAfter(plan, ended, holder, record(members)));
  const outcome = machines.every(isAsPlanned) ? 'done' : 'incomplete';
  const summary = summaryOf({ ...request, profile: 'lab', outcome, plan, machines });
  return { plan, machines, outcome, summary };
}

/** The first worker's node is down, so nobody can look at it. */
const withoutFirst = lookWith(
  workers.slice(1).map((it) => seen(it)),
  {
    nodes: [node('pve01', { online: false }), node('pve02'), node('pve03')],
    guests: workers.map((it) => listed(seen(it))),
  },
);

describe('what was asked for and is not done, because the machine can not be touched', () => {
  it('is no success where that is all: the report says why, and what helps', () => {
    const it = endOf({ action: 'replace', machines: ['lab-worker-1'] }, { facts: withoutFirst });
    expect(it.plan.phases).toEqual([]);
    expect(it.outcome).toBe('incomplete');
    expect(it.machines).toEqual([
      {
        ...{ name: 'lab-worker-1', vmid: 1001, node: 'pve01', outcome: 'kept' },
        because: expect.stringContaining('bring the node back') as string,
      },
    ]);
    expect(it.summary).toBe(
      "Nothing was done: 1 machine can't be touched (lab-worker-1), the report says why. pxm cluster replace lab lab-worker-1 makes anew what was kept, once what stands in its way is put right.",
    );
    expect(clusterCounts(it.plan)).toBe('Nothing can be done.');
  });

  it('is no success where the others went, and strangers do not count', () => {
    const stranger = member('worker', 9, 1009, 'pve01');
    const facts = lookWith(
      [...workers, stranger].map((it) => seen(it, it.vmid === 1003 ? { lock: 'backup' } : {})),
      { haManaged: [1002] },
    );
    const it = endOf({ action: 'destroy', now: true }, { facts }, ['delete-1001']);
    expect(it.plan.leftAlone.map(({ vmid }) => vmid)).toContain(1009);
    expect(it.machines.map(({ vmid, outcome }) => [vmid, outcome])).toEqual([
      [1001, 'deleted'],
      [1003, 'kept'],
      [1002, 'kept'],
    ]);
    expect(it.summary).toBe(
      'Not finished: 1 of 3 machines as planned; open: lab-worker-3, lab-worker-2. pxm cluster destroy lab --now goes on.',
    );
  });

  it('is told by the name that people know where somebody has renamed it', () => {
    const facts = lookWith(workers.map((it) => seen(it, it.vmid === 1002 ? { name: 'database' } : {})));
    const it = endOf({ action: 'destroy' }, { facts }, ['aside-1001', 'aside-1003']);
    expect(it.plan.leftAlone).toMatchObject([{ vmid: 1002, name: 'database', wasMeant: true }]);
    expect(it.machines.filter((machine) => !isAsPlanned(machine))).toMatchObject([
      { name: 'lab-worker-2', outcome: 'kept', because: expect.stringContaining('database') as string },
    ]);
    const other = endOf({ action: 'scale', counts: { worker: 2 } }, { facts }, ['delete-1003']);
    expect(other.plan.leftAlone).not.toContainEqual(expect.objectContaining({ wasMeant: true }));
    expect(other.outcome).toBe('done');
  });

  it.each([{ action: 'create' }, { action: 'scale', counts: { worker: 3 } }] as const)(
    'counts what was begun and can not be finished (%o)',
    (request) => {
      const members = workers.map((it) => (it.vmid === 1001 ? { ...it, state: 'made' as const } : it));
      const it = endOf(request, { facts: withoutFirst, members });
      expect(it.plan.warnings.join('\n')).not.toContain('they were ready');
      expect(it.machines).toMatchObject([{ vmid: 1001, outcome: 'kept' }]);
      expect(endOf(request, { facts: withoutFirst }).outcome).toBe('done');
    },
  );

  it('counts what can not be brought back, and not what is gone', () => {
    const facts = lookWith([
      ...aside.slice(0, 1).map((it) => seen(it, { lock: 'backup' })),
      ...aside.slice(1, 2).map((it) => seen(it)),
    ]);
    const back = ['revive-1002', 'start-1002', 'ready-1002'];
    const it = endOf({ action: 'undo' }, { facts, members: aside }, back);
    expect(it.machines.map(({ vmid }) => vmid)).toEqual([1002, 1001]);
    expect(it.machines[1]).toMatchObject({
      outcome: 'kept',
      because: expect.stringContaining('locked') as string,
    });
    const strange = lookWith(
      workers.map((of) => seen(of, of.vmid === 1002 ? { smbios1: `uuid=${uuidOf(7)}` } : {})),
    );
    const gone = endOf({ action: 'destroy' }, { facts: strange }, ['aside-1001', 'aside-1003']);
    expect(gone.outcome).toBe('done');
  });
});

describe('what helps after a change that is not whole', () => {
  test('what was shut down and is no further is not told as untouched, and how it is started is', () => {
    const facts = lookWith(workers.map((it) => seen(it)));
    const { machines, summary } = endOf({ action: 'destroy' }, { facts }, ['shutdown-1001', 'aside-1003']);
    expect(machines.map(({ vmid, outcome }) => [vmid, outcome])).toEqual(
      expect.arrayContaining([
        [1001, 'shutDown'],
        [1002, 'kept'],
        [1003, 'aside'],
      ]),
    );
    expect(summary).toContain('off until somebody starts them: lab-worker-1 (on pve01: qm start 1001)');
    const cancelled = { action: 'destroy', profile: 'lab', outcome: 'cancelled' } as const;
    const plan = planOf(input({ action: 'destroy' }, { members: workers, facts }));
    const of = (outcome: 'kept' | 'shutDown') =>
      summaryOf({ ...cancelled, plan, machines: machines.map((it) => ({ ...it, outcome })) });
    expect(of('kept')).toBe('It was ended before anything was done.');
    expect(of('shutDown')).toMatch(/^Not finished: 0 of 3 machines .* goes on, pxm cluster undo lab brings/);
  });

  test('what was to be stopped hard and was not, what has left Kubernetes, and what may be a stranger by now is not told as shut down', () => {
    const facts = lookWith(workers.map((it) => seen(it)));
    const plan = planOf(input({ action: 'destroy' }, { members: workers, facts }));
    const stranger = problem('NotAsExpected', { attempted: 'set it aside', failed: 'it is another machine' });
    const outcomeAfter = (done: readonly string[], hardStop: boolean, isStrange = false) => {
      const stepOf = (id: string) => ({
        ...{ id, title: id, kind: 'change' as const, target: 'a machine', vmid: 1001 },
        ...{ settledTasks: [], warnings: [] },
      });
      const steps: Step[] = [
        ...done.map((id) => ({ ...stepOf(id), phase: 'done' as const })),
        ...(isStrange ? [{ ...stepOf('aside-1001'), phase: 'failed' as const, problem: stranger }] : []),
      ];
      const results = { 'shutdown-1001': { outcome: 'done' as const, captures: { hardStop } } };
      return machineOutcomes(plan, { steps, results }, workers).find(({ vmid }) => vmid === 1001)?.outcome;
    };
    expect(outcomeAfter(['shutdown-1001'], false)).toBe('shutDown');
    expect(outcomeAfter(['shutdown-1001'], true)).toBe('kept');
    expect(outcomeAfter(['shutdown-1001', 'stop-1001'], true)).toBe('shutDown');
    expect(outcomeAfter(['reset-1001', 'shutdown-1001'], false)).toBe('kept');
    expect(outcomeAfter(['shutdown-1001'], false, true)).toBe('kept');
  });

  test('what was brought back and is not ready again is looked at: another undo would find nothing', () => {
    const back = lookWith(aside.map((it) => seen(it)));
    const done = aside.flatMap(({ vmid }) => [`revive-${vmid}`, `start-${vmid}`]);
    const { summary } = endOf({ action: 'undo' }, { facts: back, members: aside }, done);
    expect(summary).toMatch(/What is parked runs and is a member again: .*: pxm cluster status lab$/);
    const half = endOf({ action: 'undo' }, { facts: back, members: aside }, done.slice(0, 2));
    expect(half.summary).toMatch(/The same once more goes on: pxm cluster undo lab$/);
  });

  const members = workers;
  const facts = lookWith(workers.map((it) => seen(it, it.vmid === 1002 ? { lock: 'backup' } : {})));

  it.each<[string, Omit<ClusterRequest, 'profile'>, readonly string[], string]>([
    [
      'a machine went and did not come',
      { action: 'replace', machines: ['lab-worker-1'] },
      ['delete-1001'],
      'pxm cluster create lab makes what is missing, pxm cluster destroy lab removes what is there.',
    ],
    [
      'one went and did not come, one did not go',
      { action: 'replace', machines: ['lab-worker-1', 'lab-worker-2'] },
      ['delete-1001'],
      'pxm cluster destroy lab removes what is there. pxm cluster replace lab lab-worker-2 makes anew',
    ],
    ['none went', { action: 'rebuild' }, [], 'The same once more goes on: pxm cluster rebuild lab'],
    [
      'fewer were wanted, and not all of them went: a creation would make them again',
      { action: 'scale', counts: { worker: 0 } },
      ['delete-1003'],
      'open: lab-worker-1, lab-worker-2. The same once more goes on: pxm cluster scale lab worker=0',
    ],
  ])('%s', (_title, request, done, words) => {
    const { summary } = endOf(request, { facts, members }, done);
    expect(summary).toContain(words);
    // A command ends its line, so that it can be copied.
    expect(summary).not.toMatch(/goes on: .*\.$/);
  });
});
