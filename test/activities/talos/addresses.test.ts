import { applyMachineConfig, awaitMachine, bootstrapMachine } from '../../../src/activities/talos/machines';
import { makeTalosconfig } from '../../../src/talos/secrets';
import { useCleanUp } from '../../proxmox/support';
import { machineOf, staging, talosStage, withinMs } from './stage';

const clean = useCleanUp();
const vmid = 1000;
const next = '10.5.0.77';
const stranger = 'cccccccc-0000-4000-8000-000000000001';

/** A control plane by DHCP: where Proxmox has it is known. */
const machine = { ...machineOf('controlPlane', 1), guest: { node: 'pve01', vmid } };

/** DHCP gives the machine another address; its agent tells it, with those of its own networks. */
async function stage() {
  const it = await talosStage(clean);
  const move = (address: string) => {
    it.control.change(({ machines }) => {
      for (const one of machines) if (one.uuid === machine.uuid) one.address = address;
    });
    it.addressesNow.set(vmid, ['fd00::7', '10.244.0.1', address]);
  };
  const files = await it.makeSecrets();
  await makeTalosconfig({ folder: files.folder, signal: it.attempt.signal }, staging);
  it.powerOn(machine);
  const wait = (goal: 'maintenance' | 'configured', more: object = {}) =>
    awaitMachine(it.dependencies, it.attempt, { ...{ files, machine, goal, withinMs }, ...more });
  return { ...it, files, move, wait };
}

test('a machine that DHCP has moved is asked where its agent tells that it is', async () => {
  const { dependencies, attempt, control, files, move, wait } = await stage();
  expect(await wait('maintenance')).toMatchObject({ ready: true, address: machine.address });
  move(next);
  const applied = await applyMachineConfig(dependencies, attempt, { files, cluster: staging, machine });
  expect(applied).toEqual({ as: 'insecure' });
  expect(await wait('configured')).toMatchObject({ ready: true, address: next });
  const begun = await bootstrapMachine(dependencies, attempt, { files, machine, others: [], withinMs });
  expect(begun).toEqual({ how: 'bootstrapped' });
  expect(control.cluster()).toMatchObject({ bootstraps: [machine.uuid], hasSplitBrain: false });
});

test('it is found also where another machine has its former address, which gets nothing', async () => {
  const { dependencies, attempt, control, files, move, wait } = await stage();
  move(next);
  control.powerOn(stranger, machine.address);
  expect(await wait('maintenance')).toMatchObject({ ready: true, address: next });
  await applyMachineConfig(dependencies, attempt, { files, cluster: staging, machine });
  const { machines } = control.state();
  expect(machines.find(({ uuid }) => uuid === machine.uuid)?.configuration).toBeDefined();
  expect(machines.find(({ uuid }) => uuid === stranger)?.configuration).toBeUndefined();
});

test('whoever answers elsewhere with another uuid is not it, and a static address is looked for nowhere else', async () => {
  const { control, move, wait, addressesNow } = await stage();
  move(next);
  const fixed = machineOf('controlPlane', 1);
  expect(await wait('maintenance', { machine: fixed, withinMs: 0 })).toMatchObject({
    ...{ ready: false, address: machine.address },
  });
  control.powerOn(stranger, '10.5.0.78');
  addressesNow.set(vmid, ['10.5.0.78']);
  expect(await wait('maintenance', { withinMs: 0 })).toMatchObject({
    ready: false,
    address: machine.address,
  });
});
