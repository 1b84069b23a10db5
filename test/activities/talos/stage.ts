import { join } from 'node:path';
import { makeClusterSecrets } from '../../../src/activities/talos/clusters';
import type { TalosDependencies } from '../../../src/activities/talos/dependencies';
import { applyMachineConfig, awaitMachine, bootstrapMachine } from '../../../src/activities/talos/machines';
import { fetchClusterKubeconfig } from '../../../src/activities/talos/clusters';
import { awaitNode } from '../../../src/activities/talos/kubernetes';
import type { ActivityAttempt } from '../../../src/activities/shared/attempt';
import { Secret } from '../../../src/domain/secret';
import type { TalosClusterPlan, TalosFiles, TalosMachinePlan } from '../../../src/domain/talos/machine';
import type { StandInControl } from '../../../standins/control';
import type { InstallOptions } from '../../../standins/install';
import { standInStage } from '../../standins/support/stage';

/** What is waited for in tests comes within milliseconds. */
export const withinMs = 60_000;

/** A deploy key that no server knows. */
export const deployKey = [
  '-----BEGIN OPENSSH PRIVATE KEY-----',
  'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW',
  'QyNTUxOQAAACDeployKeyCanary7Qm3xW9vT2zL5pR8nK4hJ6gF1dS0aY3uQ8wE5rTyU9iO',
  '-----END OPENSSH PRIVATE KEY-----',
].join('\n');

/** The cluster of the tests. */
export const staging: TalosClusterPlan = {
  name: 'staging',
  version: 'v1.13.2',
  kubernetesVersion: '1.35.2',
  endpoint: '10.5.0.10',
  virtualAddress: true,
  patches: [],
};

/** Machine `count` of a kind: `staging-control-1` on 10.5.0.11, `staging-worker-1` on 10.5.0.21. */
export function machineOf(kind: 'controlPlane' | 'worker', count: number): TalosMachinePlan {
  const isWorker = kind === 'worker';
  return {
    kind,
    name: `staging-${isWorker ? 'worker' : 'control'}-${count}`,
    address: `10.5.0.${(isWorker ? 20 : 10) + count}`,
    uuid: `${isWorker ? 'bbbbbbbb' : 'aaaaaaaa'}-0000-4000-8000-00000000000${count}`,
    network: { prefixLength: 24, gateway: '10.5.0.1' },
    patches: [],
  };
}

/** An attempt that is the only one, and keeps what it tells. */
export function onlyAttempt(told: unknown[] = [], signal = new AbortController().signal): ActivityAttempt {
  return {
    signal,
    isFirst: true,
    remembered: undefined,
    tell: (details) => void told.push(details),
    tellNow: (details) => void told.push(details),
    tellForSure: (details) => Promise.resolve(void told.push(details)),
    requireAlive: () => undefined,
  };
}

/** Stand-ins, and a worker's dependencies and attempt that use them. */
export async function talosStage(
  clean: (undo: () => unknown) => void,
  options: Pick<InstallOptions, 'versions' | 'timings'> = {},
) {
  const stage = await standInStage(clean, options);
  const told: unknown[] = [];
  const attempt = onlyAttempt(told);
  /** By VMID: what guest agents tell. */
  const addressesNow = new Map<number, readonly string[]>();
  const dependencies: TalosDependencies = {
    cluster: 'lab',
    folder: join(stage.folder, 'talos'),
    secrets: { readWhole: () => Promise.resolve(new Secret(deployKey)) },
    powerOf: (_, { member }) => Promise.resolve(powerOf(stage.control, member.uuid)),
    addressesOf: (_, { vmid }) => Promise.resolve(addressesNow.get(vmid) ?? []),
    everyMs: 20,
  };
  const makeSecrets = () =>
    makeClusterSecrets(dependencies, attempt, {
      profile: 'staging',
      instance: 'i1',
      talosVersion: staging.version,
    });
  const powerOn = (machine: TalosMachinePlan) => stage.control.powerOn(machine.uuid, machine.address);
  /** Power, configuration, and the machine is past its installation. */
  const configured = async (files: TalosFiles, machine: TalosMachinePlan) => {
    powerOn(machine);
    await applyMachineConfig(dependencies, attempt, { files, cluster: staging, machine });
    const report = await awaitMachine(dependencies, attempt, {
      files,
      machine,
      goal: 'configured',
      withinMs,
    });
    expect(report).toMatchObject({ ready: true });
  };
  /** A whole cluster, whose nodes are all ready. */
  const running = async (controlPlanes: number, workers: number) => {
    const count = (kind: 'controlPlane' | 'worker', most: number) =>
      Array.from({ length: most }, (_, index) => machineOf(kind, index + 1));
    const controls = count('controlPlane', controlPlanes);
    const others = count('worker', workers);
    const files = await makeSecrets();
    for (const machine of [...controls, ...others]) await configured(files, machine);
    const on = machineOf('controlPlane', 1);
    await bootstrapMachine(dependencies, attempt, { files, machine: on, others: [], withinMs });
    await fetchClusterKubeconfig(dependencies, attempt, { files, on });
    for (const machine of [...controls, ...others]) {
      expect(await awaitNode(dependencies, attempt, { files, machine, withinMs })).toMatchObject({
        ready: true,
      });
    }
    return { files, on, controls, workers: others };
  };
  return { ...stage, attempt, told, addressesNow, dependencies, makeSecrets, powerOn, configured, running };
}

/** As Proxmox would tell it. */
function powerOf(control: StandInControl, uuid: string | undefined): 'running' | 'stopped' | 'gone' {
  const machine = control.state().machines.find((it) => it.uuid === uuid);
  if (machine === undefined) return 'gone';
  return machine.phase === 'off' ? 'stopped' : 'running';
}

/** What is asked of a machine that leaves; `others` stay. */
export function leavingQuestion(
  files: TalosFiles,
  machine: TalosMachinePlan,
  others?: readonly TalosMachinePlan[],
) {
  const { name, uuid, address } = machine;
  const who = { role: 'any', ordinal: 1, vmid: 1000, node: 'pve01', run: 'r1', state: 'ready' } as const;
  return {
    ...{ files, machine, member: { ...who, name, uuid, address }, withinMs: 0 },
    cluster: { profile: 'staging', instance: 'i1' },
    ...(others === undefined ? {} : { others }),
  };
}

/** What a call throws. */
export async function errorOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}
