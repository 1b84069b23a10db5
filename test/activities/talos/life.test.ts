import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  awaitHealth,
  checkTools,
  makeClusterSecrets,
  readMembers,
  saveEtcd,
} from '../../../src/activities/talos/clusters';
import {
  awaitSynchronized,
  deleteMachineNode,
  drainMachine,
  putFluxIn,
  uncordonMachine,
} from '../../../src/activities/talos/kubernetes';
import { lookForMachineReset } from '../../../src/activities/talos/leaving';
import {
  applyMachineConfig,
  awaitMachine,
  bootstrapMachine,
  lookForMachineBootstrap,
  resetOwnMachine,
} from '../../../src/activities/talos/machines';
import { ManagerError } from '../../../src/domain/errors';
import { patchDigests } from '../../../src/config/profiles/patchDigests';
import { lookAtMachine } from '../../../src/talos/probe';
import { useCleanUp } from '../../proxmox/support';
import { leavingQuestion, machineOf, staging, talosStage, withinMs } from './stage';

const clean = useCleanUp();
const minuteMs = 60_000;

test('a cluster is made, filled by Flux, loses a worker, once a budget lets it be drained, and a control plane; etcd begins once, and its last member is not wiped', async () => {
  const it = await talosStage(clean);
  const { dependencies, attempt, control } = it;
  const tools = await checkTools(dependencies, attempt, { talosVersion: staging.version, flux: true });
  expect(tools).toEqual({ talosctl: 'v1.13.2', flux: '2.7.5' });
  const { files, on, controls, workers } = await it.running(2, 1);
  const health = await awaitHealth(dependencies, attempt, {
    files,
    on,
    controlPlanes: controls,
    workers,
    withinMs,
  });
  expect(health).toMatchObject({ ready: true });
  const etcd = await readMembers(dependencies, attempt, { files, others: controls });
  expect(etcd.members.map(({ hostname }) => hostname).toSorted()).toEqual(controls.map(({ name }) => name));
  expect(etcd.running.map(({ uuid }) => uuid)).toEqual(controls.map(({ uuid }) => uuid));

  const flux = {
    url: 'ssh://git@git.example/fleet.git',
    branch: 'main',
    path: 'clusters/staging',
    keySecret: 'deploy',
  };
  expect(await putFluxIn(dependencies, attempt, { files, flux, withinMs })).toEqual({ outcome: 'done' });
  expect(await putFluxIn(dependencies, attempt, { files, flux, withinMs })).toEqual({ outcome: 'done' });
  const synchronized = await awaitSynchronized(dependencies, attempt, { files, flux, withinMs });
  expect(synchronized).toMatchObject({ ready: true });
  expect(control.state().repositories['ssh://git@git.example/fleet.git#main']).toHaveLength(2);

  control.deploy({ namespace: 'shop', name: 'web', replicas: 2, minimumAvailable: 2, hasLocalData: true });
  const [worker = machineOf('worker', 1)] = workers;
  const isCordoned = () =>
    control.cluster().nodes.find(({ name }) => name === worker.name)?.isUnschedulable === true;
  const held = drainMachine(dependencies, attempt, { files, machine: worker, withinMs: 100 });
  await expect(held).rejects.toMatchObject({
    problem: {
      code: 'NotAsExpected',
      proxmoxSaid: expect.stringContaining("would violate the pod's disruption budget") as string,
    },
  });
  expect(isCordoned()).toBe(true);
  control.change(({ clusters: [cluster] }) => {
    for (const deployment of cluster?.deployments ?? []) deployment.minimumAvailable = 0;
  });
  const drained = await drainMachine(dependencies, attempt, { files, machine: worker, withinMs });
  expect(drained).toMatchObject({ wasNode: true, evicted: 2, withoutOwner: [] });
  await uncordonMachine(dependencies, attempt, { files, machine: worker });
  expect(isCordoned()).toBe(false);
  await resetOwnMachine(dependencies, attempt, { files, machine: worker, graceful: true });
  await deleteMachineNode(dependencies, attempt, { files, machine: worker });
  await deleteMachineNode(dependencies, attempt, { files, machine: worker });

  const second = machineOf('controlPlane', 2);
  const saved = await saveEtcd(dependencies, attempt, { files, on, name: 'before-control-2' });
  expect(statSync(saved.path).mode & 0o777).toBe(0o600);
  await resetOwnMachine(dependencies, attempt, { files, machine: second, graceful: true });
  await deleteMachineNode(dependencies, attempt, { files, machine: second });
  expect((await readMembers(dependencies, attempt, { files, others: [on] })).members).toHaveLength(1);
  const refused = resetOwnMachine(dependencies, attempt, { files, machine: on, graceful: true });
  await expect(refused).rejects.toMatchObject({
    problem: { code: 'NotAsExpected', failed: 'etcd would lose its quorum: too few members would be left' },
  });
  const stays = await lookForMachineReset(dependencies, attempt, leavingQuestion(files, on, []));
  expect(stays).toMatchObject({ how: 'stays' });

  const cluster = control.cluster();
  expect(cluster.nodes.map(({ name }) => name)).toEqual(['staging-control-1']);
  expect(cluster).toMatchObject({ hasSplitBrain: false, bootstraps: [on.uuid] });
  expect(readdirSync(join(files.folder, 'work'))).toEqual([]);
});

test('secrets are made once: repeated and at the same time they are those that are there', async () => {
  const it = await talosStage(clean);
  const made = await Promise.all([it.makeSecrets(), it.makeSecrets(), it.makeSecrets()]);
  const [files] = made;
  expect(new Set(made.map(({ secretsSha256 }) => secretsSha256)).size).toBe(1);
  expect(await it.makeSecrets()).toEqual(files);
  expect(statSync(files.folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(files.folder, 'secrets.yaml')).mode & 0o777).toBe(0o600);

  const others = {
    profile: 'staging',
    instance: 'i1',
    talosVersion: staging.version,
    secretsSha256: 'f'.repeat(64),
  };
  const refused = makeClusterSecrets(it.dependencies, it.attempt, others);
  await expect(refused).rejects.toMatchObject({
    problem: { code: 'NotAsExpected', failed: 'secrets.yaml is not the one that the cluster was made with' },
  });
  const gone = makeClusterSecrets(it.dependencies, it.attempt, { ...others, instance: 'i2' });
  await expect(gone).rejects.toMatchObject({ problem: { failed: 'secrets.yaml is not there' } });
  expect(existsSync(join(it.dependencies.folder, 'lab/staging/i2/secrets.yaml'))).toBe(false);
});

test('a patch is applied as it was approved, and not at all once its file has another content', async () => {
  // It answers as long as it installs, and not while it restarts.
  const it = await talosStage(clean, { timings: { install: 60 * minuteMs } });
  const { dependencies, attempt } = it;
  const files = await it.makeSecrets();
  const patch = join(it.folder, 'patch.yaml');
  const pointingTo = (host: string) => `cluster: { controlPlane: { endpoint: https://${host}:6443 } }\n`;
  writeFileSync(patch, pointingTo('of-the-patch'));
  const cluster = { ...staging, patches: [patch] };
  const patchFiles = patchDigests({ talos: cluster, roles: [] });
  const machine = machineOf('worker', 1);
  it.powerOn(machine);
  const question = { files, cluster, machine };
  const approved = { ...question, patchFiles };
  await applyMachineConfig(dependencies, attempt, approved);
  expect(it.control.state().machines[0]?.configuration).toMatchObject({
    endpoint: 'https://of-the-patch:6443',
    hostname: machine.name,
  });
  const before = it.control.calls().length;
  await expect(applyMachineConfig(dependencies, attempt, question)).rejects.toMatchObject({
    problem: { code: 'PlanDrifted', failed: expect.stringContaining('is no part of the plan') as string },
  });
  writeFileSync(patch, pointingTo('of-somebody'));
  await expect(applyMachineConfig(dependencies, attempt, approved)).rejects.toMatchObject({
    problem: { code: 'PlanDrifted', failed: expect.stringContaining('has changed since') as string },
  });
  const commands = it.control
    .calls()
    .slice(before)
    .map(({ argv }) => argv.join(' '));
  expect(commands.filter((it) => /apply-config|gen config/.test(it))).toEqual([]);
  expect(readdirSync(join(files.folder, 'work'))).toEqual([]);
});

test('what talosctl repeats of a patch that it does not understand is told without its values', async () => {
  const it = await talosStage(clean);
  const files = await it.makeSecrets();
  const patch = join(it.folder, 'patch.yaml');
  const auth = '{ username: robot, password: hunter2 }';
  const file = `[{ path: /etc/key, content: "first line of it\\nsecond" }]`;
  writeFileSync(patch, `machin: { registries: { config: { r.lab: { auth: ${auth} } } }, files: ${file} }\n`);
  const cluster = { ...staging, patches: [patch] };
  const machine = machineOf('worker', 1);
  it.powerOn(machine);
  const patchFiles = patchDigests({ talos: cluster, roles: [] });
  const asked = applyMachineConfig(it.dependencies, it.attempt, { files, cluster, machine, patchFiles });
  const error: unknown = await asked.catch((refused: unknown) => refused);
  const told = JSON.stringify(error instanceof ManagerError ? error.problem : error);
  expect(told).toMatch(/unknown keys found.*machin:.*password:.*content:/s);
  expect(told).not.toMatch(/robot|hunter2|first line of it|second/);
});

test('a configuration that is applied again changes nothing; etcd begun twice on the recorded machine is success, and one whose answer was lost is found', async () => {
  const it = await talosStage(clean);
  const { dependencies, attempt } = it;
  const files = await it.makeSecrets();
  const machine = machineOf('controlPlane', 1);
  it.powerOn(machine);
  const configuration = { files, cluster: staging, machine };
  expect(await applyMachineConfig(dependencies, attempt, configuration)).toEqual({ as: 'insecure' });
  await awaitMachine(dependencies, attempt, { files, machine, goal: 'configured', withinMs });
  const [before] = it.control.state().machines;
  expect(await applyMachineConfig(dependencies, attempt, configuration)).toEqual({ as: 'authenticated' });
  expect(it.control.state().machines).toEqual([before]);
  expect(before?.configuration).toMatchObject({ hostname: machine.name, kind: 'controlplane' });
  expect(await lookForMachineBootstrap(dependencies, attempt, { files, machine, others: [] })).toBe(
    'notDone',
  );
  const cut = 'rpc error: code = Unavailable desc = error reading from server: EOF';
  it.control.order({
    program: 'talosctl',
    command: 'bootstrap',
    moment: 'after',
    then: { kind: 'fail', stderr: cut },
  });
  await expect(
    bootstrapMachine(dependencies, attempt, { files, machine, others: [], withinMs }),
  ).rejects.toMatchObject({
    problem: { code: 'OutcomeUnknown', proxmoxSaid: cut },
  });
  expect(await lookForMachineBootstrap(dependencies, attempt, { files, machine, others: [] })).toBe('done');
  const again = await bootstrapMachine(dependencies, attempt, { files, machine, others: [], withinMs });
  expect(again).toEqual({ how: 'alreadyBootstrapped' });
  expect(it.control.cluster()).toMatchObject({ bootstraps: [machine.uuid], hasSplitBrain: false });
});

test('another machine on the address of ours gets nothing; the node of one that runs and should be off stays; one that was wiped begins no second etcd: the other control planes are looked at', async () => {
  const it = await talosStage(clean);
  const { dependencies, attempt, control } = it;
  const { files, on, controls } = await it.running(2, 1);
  const machine = machineOf('worker', 1);
  const stranger = 'cccccccc-0000-4000-8000-000000000001';
  it.control.powerOff(machine.uuid);
  it.control.powerOn(stranger, machine.address);
  const seen = await lookAtMachine({ folder: files.folder, signal: attempt.signal }, machine.address);
  expect(seen).toMatchObject({ face: 'maintenance', stage: 'maintenance', uuid: stranger });
  expect(seen.said).toContain('x509: certificate signed by unknown authority');
  const before = it.control.state().machines;
  const attempts = [
    applyMachineConfig(dependencies, attempt, { files, cluster: staging, machine }),
    resetOwnMachine(dependencies, attempt, { files, machine, graceful: false }),
    bootstrapMachine(dependencies, attempt, { files, machine, others: [], withinMs }),
  ];
  for (const refused of attempts) {
    await expect(refused).rejects.toMatchObject({
      problem: {
        code: 'NotAsExpected',
        failed: expect.stringContaining(`its uuid is ${stranger}`) as string,
      },
    });
  }
  expect(it.control.state().machines).toEqual(before);

  // Pods of what is off never end: it is neither drained nor cordoned.
  const identity = leavingQuestion(files, machine);
  const off = await drainMachine(dependencies, attempt, { files, machine, withinMs, identity });
  expect(off).toMatchObject({ wasNode: false, evicted: 0 });
  expect(control.cluster().nodes.find(({ name }) => name === machine.name)?.isUnschedulable).toBe(false);

  // Whoever is started after all is a node that works: it stays one.
  const started = { ...dependencies, powerOf: () => Promise.resolve('running' as const) };
  await expect(deleteMachineNode(started, attempt, { files, machine, identity })).rejects.toMatchObject({
    problem: { code: 'PlanDrifted', failed: expect.stringContaining('VM 1000 runs') as string },
  });
  expect(control.cluster().nodes.map(({ uuid }) => uuid)).toContain(machine.uuid);

  // The same in Kubernetes: a node of the name on another machine stays.
  it.control.change(({ clusters: [cluster] }) => {
    for (const node of cluster?.nodes ?? []) if (node.name === machine.name) node.uuid = stranger;
  });
  // The kubeconfig was lost: it is fetched again.
  rmSync(join(files.folder, 'kubeconfig'));
  await deleteMachineNode(dependencies, attempt, { files, machine, controlPlanes: [on] });
  const drained = await drainMachine(dependencies, attempt, { files, machine, withinMs });
  expect(drained).toMatchObject({ wasNode: false });
  expect(it.control.cluster().nodes.map(({ name }) => name)).toContain(machine.name);
  await expect(uncordonMachine(dependencies, attempt, { files, machine: on })).resolves.toBeUndefined();

  const others = controls.filter(({ uuid }) => uuid !== on.uuid);
  control.change(({ machines }) => {
    const wiped = machines.find(({ uuid }) => uuid === on.uuid);
    if (wiped === undefined) throw new Error('it is not there');
    delete wiped.configuration;
    Object.assign(wiped, { phase: 'off', hasEtcdData: false });
  });
  await it.configured(files, machineOf('controlPlane', 1));
  const question = { files, machine: on, others };
  expect(await lookForMachineBootstrap(dependencies, attempt, question)).toBe('done');
  const asked = () => bootstrapMachine(dependencies, attempt, { ...question, withinMs });
  expect(await asked()).toEqual({ how: 'seenAtAnotherMember' });
  for (const { uuid } of others) control.powerOff(uuid);
  await expect(asked()).rejects.toMatchObject({
    problem: { code: 'NotAsExpected', failed: expect.stringContaining('may be a member') as string },
  });
  expect(control.cluster()).toMatchObject({ bootstraps: [on.uuid], hasSplitBrain: false });
});

test('a folder that is not below that of the worker is never used', async () => {
  const it = await talosStage(clean);
  const files = await it.makeSecrets();
  const machine = machineOf('worker', 1);
  for (const folder of ['/etc', `${it.dependencies.folder}/../elsewhere`]) {
    const refused = awaitMachine(it.dependencies, it.attempt, {
      ...{ files: { ...files, folder }, machine, goal: 'running', withinMs },
    });
    await expect(refused).rejects.toMatchObject({ problem: { code: 'NotAsExpected' } });
  }
});
