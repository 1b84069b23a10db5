import { rmSync } from 'node:fs';
import { readTalosState } from '../../../src/activities/talos/state';
import type { ClusterMember } from '../../../src/domain/cluster/member';
import { useCleanUp } from '../../proxmox/support';
import { talosPaths } from '../../../src/talos/folder';
import { machineOf, talosStage, withinMs } from './stage';

const clean = useCleanUp();

test('etcd, Kubernetes and Flux tell what they are; who does not answer in time, or can not be asked, holds up nobody', async () => {
  const { dependencies, attempt, control, running } = await talosStage(clean);
  const { files, controls } = await running(2, 1);
  const talos = { ...files, bootstrapped: true };
  const who = { role: 'cp', ordinal: 1, vmid: 1000, node: 'pve01', run: 'r1', state: 'ready' } as const;
  const controlPlanes = controls.map(({ name, address, uuid }): ClusterMember => {
    return { ...who, name, address, uuid };
  });
  const ask = (more: Partial<Parameters<typeof readTalosState>[1]> = {}) =>
    readTalosState(
      { folder: dependencies.folder, signal: attempt.signal },
      { talos, controlPlanes, flux: true, withinMs, ...more },
    );
  expect(await ask()).toEqual({
    etcd: { known: true, members: 2, votes: 2, running: 2, needed: 2 },
    kubernetes: { known: true, nodes: 3, ready: 3, notReady: [] },
    flux: { known: true, ready: 'absent' },
  });

  control.powerOff(machineOf('controlPlane', 2).uuid);
  control.order({ program: 'talosctl', command: 'etcd members', times: 99, then: { kind: 'hang' } });
  expect((await ask({ withinMs: 500, flux: false })).etcd).toEqual({
    ...{ known: false, because: 'no answer within 0.5 s' },
  });
  expect((await ask({ controlPlanes: [] })).etcd).toMatchObject({ known: false });
  rmSync(talosPaths(files.folder).kubeconfig);
  expect(await ask({ controlPlanes: [] })).toMatchObject({
    kubernetes: { known: false, because: 'its kubeconfig was not fetched yet' },
    flux: { known: false, because: 'its kubeconfig was not fetched yet' },
  });
  const nowhere = { ...talos, folder: `${files.folder}-elsewhere` };
  expect((await ask({ talos: nowhere })).kubernetes).toMatchObject({
    because: expect.stringContaining('its files are not on this machine') as string,
  });
  const early = await ask({ talos: { ...files, bootstrapped: false }, flux: false });
  expect(early).toEqual({ etcd: early.kubernetes, kubernetes: early.kubernetes });
  expect(early.etcd).toMatchObject({ known: false, because: 'etcd is not known to be bootstrapped' });
});
