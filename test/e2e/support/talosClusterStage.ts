import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startControlServer } from '../../../simulator/control/control-server';
import { StandInControl } from '../../../standins/control';
import { followSimulator } from '../../../standins/follow';
import type { ClusterMember } from '../../../src/domain/cluster/member';
import { deployKey } from '../../activities/talos/stage';
import { standInStage, type StandInStage } from '../../standins/support/stage';
import { waitUntil } from '../../support/waitUntil';
import { setClusterStage, type ClusterStage } from './clusterStage';

/** A simulated cluster whose machines have Talos in them, by stand-ins of its tools. */
export interface TalosClusterStage extends ClusterStage {
  readonly tools: StandInStage['control'];
}

/** What of a profile is no default here. */
export interface TalosProfile {
  readonly controlPlanes: number;
  readonly workers: number;
  /** Further lines. */
  readonly more?: string;
}

/** What a profile says that is filled by Flux. */
export const withFlux =
  'flux: { url: git@git.example:fleet.git, branch: main, path: clusters/lab, key_secret: fleet_key }';

/** A profile of a Talos cluster, its machines from 10.5.0.11 on. */
export function talosProfile(name: string, { controlPlanes, workers, more = '' }: TalosProfile): string {
  return [
    ...[`name: ${name}`, 'type: talos', 'template: debian-13', 'roles:'],
    `  cp: { kind: control-plane, count: ${controlPlanes}, cores: 1, memory: 2GiB }`,
    `  worker: { kind: worker, count: ${workers}, cores: 1, memory: 1GiB }`,
    'addressing: { kind: static, subnet: 10.5.0.0/24, gateway: 10.5.0.1, range: 10.5.0.11-10.5.0.19 }',
    'talos: { version: v1.13.2, kubernetes_version: 1.35.2, virtual_address: 10.5.0.10 }',
    ...[more, ''],
  ].join('\n');
}

/** Sets the stage. `clean` undoes all of it, in the opposite order; `bootTimeout`: how long anything is waited for. */
export async function setTalosClusterStage(
  clean: (undo: () => unknown) => void,
  bootTimeout?: string,
): Promise<TalosClusterStage> {
  const { control } = await standInStage(clean);
  const stage = await setClusterStage('9', 'secrets:\n  fleet_key: { file: fleet_key }\n', bootTimeout);
  clean(() => stage.close());
  writeFileSync(join(stage.lab.folder, 'fleet_key'), `${deployKey}\n`, { mode: 0o600 });
  const server = await startControlServer(stage.lab.simulator.control);
  clean(() => server.close());
  const ending = new AbortController();
  const following = followSimulator(new StandInControl(control.stateFile), server.url, ending.signal);
  clean(async () => {
    ending.abort();
    await following.catch(() => undefined);
  });
  return { ...stage, tools: control };
}

/** Somebody deletes a machine by hand: Proxmox does not have it any more, nor does anybody answer at its address. */
export async function machineGone(
  { lab, tools }: TalosClusterStage,
  { vmid, uuid }: Partial<Pick<ClusterMember, 'vmid' | 'uuid'>>,
): Promise<void> {
  if (vmid === undefined) throw new Error('there is no such machine');
  lab.simulator.control.removeGuest(vmid);
  await waitUntil(`VM ${vmid} to be gone`, () =>
    Promise.resolve(tools.state().machines.some((it) => it.uuid === uuid) ? undefined : true),
  );
}

/** Waits until a machine is so inside, after its guest was switched on or off. */
export async function seenInside(
  { tools }: Pick<TalosClusterStage, 'tools'>,
  uuid: string | undefined,
  phase: 'off' | 'running',
): Promise<void> {
  const isSo = () => tools.state().machines.some((it) => it.uuid === uuid && it.phase === phase);
  await waitUntil(`the machine to be ${phase} inside`, () => Promise.resolve(isSo() ? true : undefined));
}
