import { statSync } from 'node:fs';
import type { ClusterMember } from '../../src/domain/cluster/member';
import { textOf } from '../../src/domain/runbook/values';
import { clusterTerms } from '../../src/domain/rendering/clusterFacts';
import { useCleanUp } from '../proxmox/support';
import { setTalosClusterStage, talosProfile, withFlux } from './support/talosClusterStage';

const clean = useCleanUp();
const filledFrom = 'ssh://git@git.example/fleet.git#main:clusters/lab';
const refusedKey = 'failed to clone repository: ssh: handshake failed: ssh: unable to authenticate';
const cut = 'rpc error: code = Unavailable desc = error reading from server: EOF';

test('a bootstrap nobody can see is asked about, of the one machine kept for it; made anew the cluster has other secrets, the same names and addresses, etcd once, and Flux that was left out comes back', async () => {
  const stage = await setTalosClusterStage(clean);
  stage.writeProfile('lab', talosProfile('lab', { controlPlanes: 1, workers: 1, more: withFlux }));
  const lost = { program: 'talosctl', then: { kind: 'fail', stderr: cut } } as const;
  stage.tools.order({ ...lost, command: 'bootstrap', moment: 'after' });
  stage.tools.order({ ...lost, command: 'etcd members', times: 99 });
  const making = await stage.ask('lab', 'create');
  await making.approved();
  const lostOne = await making.decision();
  expect(lostOne).toMatchObject({
    ...{ stepId: 'bootstrap-1000', choices: ['retry', 'skip', 'abort'] },
    problem: { code: 'OutcomeUnknown', proxmoxSaid: cut },
  });
  const { record } = await stage.view('lab');
  expect(record?.talos).toMatchObject({ bootstrapOn: 1000, bootstrapped: false });
  await making.decide(lostOne, 'skip');
  const left = await making.report();
  expect(left).toMatchObject({ outcome: 'incomplete', talos: { bootstrapOn: 1000, bootstrapped: false } });
  expect(left.members.map(({ state }) => state)).toEqual(['made', 'made']);

  stage.tools.change((state) => state.faults.splice(0));
  const made = await stage.change('lab', 'create');
  expect(made).toMatchObject({ outcome: 'done', decisions: [], talos: { bootstrapped: true } });
  expect(made.steps.find(({ id }) => id === 'bootstrap-1000')?.captures).toEqual({
    how: 'alreadyBootstrapped',
  });
  expect(made.members.map(({ state }) => state)).toEqual(['ready', 'ready']);
  expect(stage.tools.cluster()).toMatchObject({ hasSplitBrain: false, bootstraps: [made.members[0]?.uuid] });

  stage.tools.order({
    ...{ program: 'flux', command: 'bootstrap git', times: 99 },
    then: { kind: 'fail', stderr: refusedKey },
  });
  const running = await stage.ask('lab', 'rebuild');
  const plan = await running.approved();
  expect(plan.phases.map(({ kind }) => kind)).toEqual(['delete', 'make']);
  expect(clusterTerms(plan).join()).toContain('secrets are made anew');
  const decision = await running.decision();
  expect(decision).toMatchObject({ stepId: 'flux' });
  await running.decide(decision, 'skip');
  const rebuilt = await running.report();
  expect(rebuilt).toMatchObject({ outcome: 'incomplete', talos: { bootstrapped: true } });
  expect(rebuilt.talos).not.toHaveProperty('filledFrom');
  expect(rebuilt.steps.find(({ id }) => id === 'snapshot')).toMatchObject({ outcome: 'done' });
  expect(rebuilt.talos?.secretsSha256).not.toBe(made.talos?.secretsSha256);
  const whoAndWhere = ({ name, address, state }: ClusterMember) => ({ name, address, state });
  expect(rebuilt.members.map(whoAndWhere)).toEqual(made.members.map(whoAndWhere));
  expect(rebuilt.members.map(({ uuid }) => uuid)).not.toEqual(made.members.map(({ uuid }) => uuid));
  const { clusters } = stage.tools.state();
  expect(clusters.map(({ bootstraps }) => bootstraps)).toEqual([
    [made.members[0]?.uuid],
    [rebuilt.members[0]?.uuid],
  ]);
  expect(clusters.some(({ hasSplitBrain }) => hasSplitBrain)).toBe(false);

  stage.tools.change((state) => state.faults.splice(0));
  const again = await stage.change('lab', 'create');
  expect(again).toMatchObject({ outcome: 'done', machines: [], talos: { ...rebuilt.talos, filledFrom } });
  expect(again.steps.map(({ id }) => id)).toEqual([
    ...['tools', 'secrets', 'kubeconfig', 'flux', 'synchronized'],
  ]);

  const destroyed = await stage.change('lab', 'destroy', { now: true });
  expect(destroyed).toMatchObject({ outcome: 'done', decisions: [], members: [] });
  const saved = destroyed.steps[0];
  expect(saved).toMatchObject({ id: 'snapshot', outcome: 'done' });
  expect(statSync(textOf(saved?.captures['path'] ?? '')).mode & 0o777).toBe(0o600);
});
