import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterReport } from '../../src/domain/cluster/report';
import { clusterTerms } from '../../src/domain/rendering/clusterFacts';
import { retryAll } from './failures/support/named';
import { planned } from './support/clusterStage';
import {
  machineGone,
  seenInside,
  setTalosClusterStage,
  talosProfile,
  withFlux,
  type TalosClusterStage,
} from './support/talosClusterStage';

const filledFrom = 'ssh://git@git.example/fleet.git#main:clusters/lab';
const wrongPatch =
  'error applying new configuration: rpc error: code = InvalidArgument desc = configuration validation failed: 1 error occurred';
const cut = 'rpc error: code = Unavailable desc = error reading from server: EOF';
const notAnswered = 'error getting members: rpc error: code = Unknown desc = etcdserver: request timed out';
const notSaved = 'error reading file: rpc error: code = Unknown desc = etcdserver: no leader';
const notRemoved =
  'rpc error: code = Unknown desc = failed to remove member: etcdserver: re-configuration failed due to not enough started members';

describe('a Talos cluster', () => {
  const undoings: (() => unknown)[] = [];
  let stage: TalosClusterStage;
  let made: ClusterReport;
  beforeAll(async () => {
    stage = await setTalosClusterStage((undo) => undoings.push(undo));
    stage.writeProfile('lab', talosProfile('lab', { controlPlanes: 3, workers: 1, more: withFlux }));
  });
  afterAll(async () => {
    for (const undo of undoings.splice(0).reverse()) await undo();
  });

  test('is made: secrets once, etcd once though its answer is lost, nodes, Flux; a machine that waits for a person holds up nobody', async () => {
    const { tools } = stage;
    tools.order({
      ...{ program: 'talosctl', command: 'bootstrap', moment: 'after' },
      then: { kind: 'fail', stderr: cut },
    });
    tools.order({
      ...{ program: 'talosctl', command: 'apply-config', address: '10.5.0.13', times: 99 },
      then: { kind: 'fail', stderr: wrongPatch },
    });
    // The history is carried over meanwhile, more than once.
    const running = await stage.ask('lab', 'create', { historyEventLimit: 60 });
    const plan = await running.approved();
    expect(plan.talos).toMatchObject({ bootstrapOn: 1000, controlPlaneRole: 'cp' });
    expect(clusterTerms(plan).join()).toContain('etcd is bootstrapped once, on lab-cp-1 (VM 1000)');
    expect(planned(plan).map(({ kind }) => kind)).toEqual([
      ...['controlPlane', 'controlPlane', 'controlPlane', 'worker'],
    ]);
    const decision = await running.decision();
    expect(decision).toMatchObject({ stepId: 'apply-1002', choices: ['retry', 'replace', 'skip', 'abort'] });
    const others = ['protect-1000', 'protect-1001', 'protect-1003', 'synchronized'];
    await running.reached(({ steps }) =>
      others.every((id) => steps.some((step) => step.id === id && step.phase === 'done')),
    );
    await expect(running.progress()).resolves.toMatchObject({ openDecisions: 1 });
    tools.change((state) => state.faults.splice(0));
    await running.decide(decision, 'retry');
    made = await running.report();
    expect(made).toMatchObject({ outcome: 'done', talos: { bootstrapped: true, filledFrom } });
    expect(made.decisions.map(({ id }) => id)).toEqual([decision.id]);
    expect(made.steps.slice(0, 2).map(({ id }) => id)).toEqual(['tools', 'secrets']);
    expect(made.steps.at(-1)).toMatchObject({ id: 'health', outcome: 'done' });
    expect(made.steps.find(({ id }) => id === 'bootstrap-1000')?.captures).toEqual({
      how: 'seen after its answer was lost',
    });
    expect(made.members.map(({ name, state, address }) => [name, state, address])).toEqual([
      ['lab-cp-1', 'ready', '10.5.0.11'],
      ['lab-cp-2', 'ready', '10.5.0.12'],
      ['lab-cp-3', 'ready', '10.5.0.13'],
      ['lab-worker-1', 'ready', '10.5.0.14'],
    ]);
    const { record } = await stage.seen('lab', 'the end', ({ operation }) => operation === undefined);
    expect(record?.talos).toEqual({ ...made.talos, bootstrapOn: 1000, bootstrapped: true });
    const folder = record?.talos?.folder ?? '';
    for (const file of ['secrets.yaml', 'talosconfig', 'kubeconfig']) {
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    }
    const seen = tools.cluster();
    expect(seen).toMatchObject({ hasSplitBrain: false, bootstraps: [record?.members[0]?.uuid] });
    expect(seen.etcdMembers).toHaveLength(3);
    expect(seen.nodes.map(({ name }) => name).toSorted()).toEqual(record?.members.map(({ name }) => name));
    expect(tools.state().repositories['ssh://git@git.example/fleet.git#main']).toHaveLength(2);

    const again = await (await stage.ask('lab', 'create')).report();
    expect(again).toMatchObject({ outcome: 'done', steps: [], talos: record?.talos });
  });

  test('loses machines, which leave before they are deleted, also where etcd is not to be asked, what was off is started, or the answer of a reset is lost, and gets new ones, which join; etcd is never bootstrapped again', async () => {
    const { tools, lab } = stage;
    const lost = { program: 'talosctl', command: 'reset', then: { kind: 'fail', stderr: cut } } as const;
    tools.order({ ...lost, moment: 'after' });
    const third = made.members[2];
    const isInside = (phase: 'off' | 'running') => seenInside(stage, third?.uuid, phase);
    const power = (status: 'stopped' | 'running') => lab.simulator.control.setGuest(1002, { status });
    power('stopped');
    await isInside('off');
    const member = tools.cluster().etcdMembers.find(({ uuid }) => uuid === third?.uuid)?.id;
    const failsFromNowOn = (command: string, stderr: string) =>
      tools.order({ program: 'talosctl', command, times: 1_000, then: { kind: 'fail', stderr } });
    const worksAgain = (command: string) =>
      tools.change((state) => {
        state.faults = state.faults.filter((it) => it.command !== command);
      });
    failsFromNowOn('etcd members', notAnswered);
    const replaced = await stage.ask('lab', 'replace', { machines: ['lab-cp-3', 'lab-cp-2'] });
    const plan = await replaced.approved();
    expect(clusterTerms(plan).join()).toContain('with a snapshot of etcd before');
    await retryAll(replaced, [
      {
        reference: 'rolling replace with etcd quorum guard',
        ...{ stepId: 'quorum-1002', words: notAnswered },
        problem: { code: 'CommandFailed', saidBy: 'talosctl' },
        withdraw: () => {
          worksAgain('etcd members');
          failsFromNowOn('etcd snapshot', notSaved);
        },
      },
      {
        reference: 'backup: talosctl etcd snapshot P',
        ...{ stepId: 'snapshot-1002', words: notSaved },
        problem: { code: 'CommandFailed', saidBy: 'talosctl' },
        withdraw: () => {
          worksAgain('etcd snapshot');
          failsFromNowOn('etcd remove-member', notRemoved);
        },
      },
      {
        reference: 'leave: refuses the last member',
        ...{ stepId: 'unlist-1002', words: notRemoved },
        problem: {
          code: 'NotAsExpected',
          failed: 'etcd would lose its quorum: too few members would be left',
        },
        withdraw: () => {
          worksAgain('etcd remove-member');
          power('running');
        },
      },
    ]);
    // It was off in the plan: what it is by now is neither removed from etcd nor from Kubernetes.
    const started = await replaced.decision();
    expect(started).toMatchObject({
      stepId: 'forget-1002',
      problem: { code: 'PlanDrifted', failed: expect.stringContaining('VM 1002 runs') as string },
    });
    await isInside('running');
    expect(tools.cluster().nodes.map(({ uuid }) => uuid)).toContain(third?.uuid);
    expect(tools.cluster().etcdMembers.map(({ id }) => id)).toContain(member);
    power('stopped');
    await isInside('off');
    await replaced.decide(started, 'retry');
    const report = await replaced.report();
    expect(report).toMatchObject({ outcome: 'done', talos: made.talos });
    expect(report.decisions.map(({ stepId }) => stepId)).toEqual([
      ...['quorum-1002', 'snapshot-1002', 'unlist-1002', 'forget-1002'],
    ]);
    const stepsOf = (vmid: number) =>
      report.steps.filter((step) => step.id.endsWith(`-${vmid}`)).map(({ id }) => id.replace(/-\d+$/, ''));
    expect(stepsOf(1001)).toEqual([
      ...['quorum', 'snapshot', 'unlist', 'drain', 'reset', 'forget', 'shutdown', 'delete', 'disks'],
    ]);
    // What is off can't leave: its member is removed, and the next one of its name joins.
    expect(stepsOf(1002)).toEqual(['quorum', 'snapshot', 'unlist', 'forget', 'delete', 'disks']);
    const capturesOf = (stepId: string) => report.steps.find(({ id }) => id === stepId)?.captures;
    expect(capturesOf('forget-1002')).toEqual({ former: [member] });
    expect(capturesOf('reset-1001')).toEqual({
      how: 'it is off, and etcd does not have it as a member',
    });

    const scaled = async () => {
      stage.tools.order({ ...lost, moment: 'before' });
      const running = await stage.ask('lab', 'scale', { counts: { worker: 0 } });
      await running.approved();
      return { running, decision: await running.decision() };
    };
    // What stays after all takes pods again.
    const { running: first, ...asked } = await scaled();
    const isCordoned = () => stage.tools.cluster().nodes.some((node) => node.isUnschedulable);
    expect(isCordoned()).toBe(true);
    await first.decide(asked.decision, 'skip');
    expect(await first.report()).toMatchObject({ outcome: 'incomplete' });
    expect(isCordoned()).toBe(false);

    const { running: second, decision } = await scaled();
    expect(decision.problem).toMatchObject({
      ...{ code: 'OutcomeUnknown', proxmoxSaid: cut },
      failed: 'its answer was lost, and it still knows the cluster (it is running)',
    });
    await second.decide(decision, 'retry');
    const less = await second.report();
    expect(less).toMatchObject({ outcome: 'done', decisions: [{ id: decision.id }] });
    const cluster = stage.tools.cluster();
    expect(cluster.nodes.map(({ uuid }) => uuid).toSorted()).toEqual(
      less.members.map(({ uuid }) => uuid).toSorted(),
    );
    expect(cluster).toMatchObject({ hasSplitBrain: false, bootstraps: [made.members[0]?.uuid] });
    expect(cluster.etcdMembers).toHaveLength(3);
  });

  test('goes on without a control plane that is gone: it is removed from etcd before anything else, once what etcd holds is saved, so that others may go', async () => {
    const { record } = await stage.seen('lab', 'the end', ({ operation }) => operation === undefined);
    const [first, , third] = record?.members ?? [];
    await machineGone(stage, { ...third });
    const dead = stage.tools.cluster().etcdMembers.find(({ uuid }) => uuid === third?.uuid)?.id;
    const running = await stage.ask('lab', 'scale', { counts: { cp: 1 } });
    const plan = await running.plan();
    expect(plan.talos?.gone?.map(({ name }) => name)).toEqual(['lab-cp-3']);
    // It is removed, but the answer is lost; the next control plane that is asked fails at once.
    const removal = { program: 'talosctl', command: 'etcd remove-member' } as const;
    const failure = 'rpc error: code = Unknown desc = failed to remove member: etcdserver: request timed out';
    const then = { kind: 'fail', stderr: failure } as const;
    stage.tools.order({ ...removal, then, moment: 'after' });
    stage.tools.order({ ...removal, then, times: 99 });
    const callsBefore = stage.tools.calls('talosctl').length;
    await running.approved();
    const decision = await running.decision();
    expect(decision).toMatchObject({ stepId: 'unlist-lab-cp-3', choices: ['retry', 'skip', 'abort'] });
    stage.tools.change((state) => state.faults.splice(0));
    await running.decide(decision, 'retry');
    const report = await running.report();
    expect(report).toMatchObject({ outcome: 'done', decisions: [{ id: decision.id }] });
    const steps = report.steps.map(({ id }) => id.replace(/-\d+$/, ''));
    expect(steps.slice(0, 4)).toEqual(['tools', 'secrets', 'unlist-lab-cp', 'quorum']);
    // Saved once, before the first removal; the second try keeps it. Then again for the machine that goes.
    const commands = stage.tools
      .calls('talosctl')
      .slice(callsBefore)
      .map(({ argv }) => argv.slice(0, 2).join(' '));
    const [save, remove] = ['etcd snapshot', 'etcd remove-member'];
    expect(commands.filter((it) => it === save || it === remove)).toEqual([save, remove, remove, save]);
    const saved = { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown };
    expect(report.steps[2]).toMatchObject({ id: 'unlist-lab-cp-3', captures: { former: [dead], saved } });
    expect(clusterTerms(plan).join()).toContain('by its id, with a snapshot of etcd before');
    expect(report.members.map(({ name }) => name)).toEqual(['lab-cp-1']);
    expect(stage.tools.cluster().etcdMembers.map(({ uuid }) => uuid)).toEqual([first?.uuid]);
  });

  test('is back only once Talos runs on its machines again', async () => {
    await stage.change('lab', 'destroy');
    const back = await stage.change('lab', 'undo');
    expect(back).toMatchObject({ outcome: 'done', machines: [{ vmid: 1000, outcome: 'revived' }] });
    expect(back.steps.at(-1)).toMatchObject({ id: 'ready-1000', captures: { address: '10.5.0.11' } });
    const [machine] = back.members;
    const phaseOf = (uuid = '') => stage.tools.state().machines.find((it) => it.uuid === uuid)?.phase;
    expect(phaseOf(machine?.uuid)).toBe('running');
  });
});
