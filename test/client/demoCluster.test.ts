import { loadScenario } from '../../simulator/scenario/load';
import type { PlayedAct } from '../../src/client/demo/cluster/act';
import { claimsOf, type ClusterEvidence } from '../../src/client/demo/cluster/claims';
import { demoProfile, profileText } from '../../src/client/demo/cluster/profile';
import type { ClusterMachine } from '../../src/client/demo/cluster/truth';
import { readProfile } from '../../src/config/profiles/read';
import { describeConfigProblems } from '../../src/config/problems';
import type { ClusterMember } from '../../src/domain/cluster/member';
import { emptyLedger } from '../../src/planning/rules/ledger';
import { parseMarker } from '../../src/planning/template/marker';
import { frame, plannedMachine, plannedRemoval } from '../activities/cluster/given';
import { config } from '../config/profiles/configs';

const member = (
  it: Pick<ClusterMember, 'name' | 'role' | 'ordinal' | 'vmid'> & { readonly uuid: string },
): ClusterMember => ({ ...it, node: 'pve01', run: 'r', state: 'ready' });

const members: readonly ClusterMember[] = [
  member({ name: 'lab-cp-1', role: 'cp', ordinal: 1, vmid: 1000, uuid: 'u1' }),
  member({ name: 'lab-worker-1', role: 'worker', ordinal: 1, vmid: 1003, uuid: 'u2' }),
];

const later = '2030-01-01T00:00:00.000Z';
const diskOf = (vmid: number) => `nas:${vmid}/vm-${vmid}-disk-0.qcow2`;
const disks: ClusterEvidence['disks'] = [900, 1000, 1003, 1005].map((vmid) => ({
  volid: diskOf(vmid),
  vmid,
}));
const withoutStranger = {
  machines: machines().filter(({ vmid }) => vmid !== 1005),
  disks: disks.filter(({ vmid }) => vmid !== 1005),
};
const leasedAddress = {
  holder: { workflowId: 'change-cluster/site/lab', firstExecutionRunId: 'r' },
  ...{ address: '10.0.40.22', vmid: 1001, since: later },
};

// The whole story is played by .ci/run.
describe('the demo of a Talos cluster', () => {
  it('begins with a template of Talos, by a marker that counts, and no other machine', () => {
    const { guests } = loadScenario('talos-template');
    expect(guests.map(({ vmid, name }) => [vmid, name])).toEqual([[900, 'talos']]);
    expect(parseMarker(guests[0]?.config['description'])).toMatchObject({
      ...{ kind: 'template', name: 'talos', vmid: 900, generation: 1 },
    });
  });

  it('makes it from a profile that is right', () => {
    const file = `clusters/${demoProfile}.yaml`;
    const { profile, problems } = readProfile({ text: profileText, file, config });
    expect(describeConfigProblems(problems)).toBe('');
    expect(profile?.roles.map(({ kind, count }) => [kind, count])).toEqual([
      ['controlPlane', 3],
      ['worker', 3],
    ]);
  });

  it('finds all of it right where it is', () => {
    expect(claimsOf(evidence()).filter(({ holds }) => !holds)).toEqual([]);
  });

  it.each<[string, Partial<ClusterEvidence>]>([
    ['members that run', { machines: machines({ status: 'stopped' }) }],
    ['machines of nobody', { machines: [...machines(), machine(1009, 'lab-worker-9', 'u9')] }],
    ['volumes of nobody', { disks: [...disks, { volid: 'nas:1009/vm-1009-disk-0.qcow2', vmid: 1009 }] }],
    ['volumes of nobody', { disks: disks.map((it) => ({ ...it, node: 'pve02' })) }],
    ['volumes of nobody', { disks: [] }],
    ['leases left', { ledger: { ...emptyLedger(), addresses: [leasedAddress] } }],
    ['leases left', { ledger: undefined }],
    ['clones begun', { tasks: tasks('qmclone', 'qmclone', 'qmdestroy') }],
    ['deletions begun', { tasks: tasks('qmclone', 'qmdestroy', 'qmdestroy') }],
    ['requests whose answer was lost', { acts: [act({ lost: { request: 'POST /clone', times: 2 } })] }],
    ['requests whose answer was lost', { acts: [act({ lost: undefined })] }],
    ['the stranger', { strangerTouched: 1 }],
    ['the stranger', withoutStranger],
    ['the stranger', { stranger: undefined, ...withoutStranger }],
    ['bootstrap of etcd', { standIns: standIns({ bootstraps: ['u1', 'u1'] }) }],
    ['bootstrap of etcd', { standIns: standIns({ bootstraps: ['u2'] }) }],
    ['bootstrap of etcd', { standIns: standIns({ hasSplitBrain: true }) }],
    ['members of etcd', { standIns: standIns({ etcdMembers: [{ uuid: 'u1' }, { uuid: 'gone' }] }) }],
    ['nodes of Kubernetes', { standIns: standIns({ nodes: [{ name: 'lab-cp-1', uuid: 'u1' }] }) }],
    ['Talos clusters', { standIns: { machines: [], clusters: [] } }],
  ])('says that it is not so: %s', (what, wrong) => {
    const failed = claimsOf({ ...evidence(), ...wrong }).filter(({ holds }) => !holds);
    expect(failed.map((claim) => claim.what)).toEqual([what]);
  });
});

/** One machine was made and one deleted, in one operation whose worker was killed; a stranger has the VMID of the latter. */
function evidence(): ClusterEvidence {
  return {
    acts: [act({})],
    record: {
      ...{ profile: 'lab', instance: 'i', members },
      talos: { folder: '/nowhere', secretsSha256: '', bootstrapOn: 1000, bootstrapped: true },
    },
    stranger: { machine: machine(1005, 'lab-worker-3', 'u7'), tasksBefore: 4 },
    machines: machines(),
    disks,
    tasks: tasks('qmclone', 'qmdestroy'),
    strangerTouched: 0,
    standIns: standIns({}),
    // The VMID of what was deleted stays in quarantine.
    ledger: { ...emptyLedger(), quarantine: [{ vmid: 1005, by: 'change-cluster/site/lab', until: later }] },
  };
}

function act(more: Partial<PlayedAct>): PlayedAct {
  const [kept] = members;
  const removals = kept === undefined ? [] : [plannedRemoval(kept, [])];
  const plan = {
    ...frame(),
    phases: [{ kind: 'make', machines: [plannedMachine()] } as const, { kind: 'delete', removals } as const],
    ...{ keeps: [], leftAlone: [], warnings: [] },
  };
  return {
    ...{ command: 'pxm cluster replace lab lab-cp-1', plan, report: undefined, workerPid: 1, exitCode: 0 },
    lost: { request: 'POST /clone', times: 1 },
    ...more,
  };
}

function machine(vmid: number, name: string, uuid: string): ClusterMachine {
  return {
    vmid,
    name,
    uuid,
    ...{ node: 'pve01', status: 'running', description: '', tags: '', isTemplate: false },
    volumes: [diskOf(vmid)],
  };
}

/** `more` is of the first member. */
function machines(more: Partial<ClusterMachine> = {}): readonly ClusterMachine[] {
  return [
    { ...machine(900, 'talos', 'u0'), status: 'stopped', isTemplate: true },
    { ...machine(1000, 'lab-cp-1', 'u1'), ...more },
    machine(1003, 'lab-worker-1', 'u2'),
    machine(1005, 'lab-worker-3', 'u7'),
  ];
}

function tasks(...types: readonly string[]): ClusterEvidence['tasks'] {
  return types.map((type, at) => ({ upid: `UPID:${at}`, type, id: '900', running: false, lastLine: '' }));
}

function standIns(
  more: Partial<ClusterEvidence['standIns']['clusters'][number]>,
): ClusterEvidence['standIns'] {
  const nodes = [
    { name: 'lab-cp-1', uuid: 'u1' },
    { name: 'lab-worker-1', uuid: 'u2' },
  ];
  const cluster = { hasSplitBrain: false, bootstraps: ['u1'], etcdMembers: [{ uuid: 'u1' }], nodes };
  return { machines: [], clusters: [{ ...cluster, ...more }] };
}
