import { Machines, machinesScenario } from '../qemu/machines';

/** A cloud image with an agent inside, on a server that only the simulator knows. */
export const cloudImage = {
  url: 'http://images.example/debian-13.qcow2',
  size: '200M',
  image: 'qcow2',
  virtual_size: '3G',
  agent: true,
} as const;

/** Options of a machine that boots from an imported image, with cloud-init and an agent. */
export const machineForm = {
  vmid: '900',
  name: 'debian-13',
  memory: '1024',
  agent: '1',
  boot: 'order=scsi0',
  scsihw: 'virtio-scsi-single',
  scsi0: 'files:0,import-from=local:import/debian-13.qcow2',
  scsi1: 'files:cloudinit',
  net0: 'virtio,bridge=vmbr0',
  ipconfig0: 'ip=dhcp',
};

/** A simulator of version 9 with the image on its first node. */
export async function machinesWithImage(
  more: Parameters<typeof machinesScenario>[0] = {},
): Promise<Machines> {
  const machines = await Machines.start(machinesScenario({ version: '9', web: [cloudImage], ...more }), 100);
  const { exitStatus } = await machines.run({
    path: '/nodes/pve01/storage/local/download-url',
    form: { url: cloudImage.url, filename: 'debian-13.qcow2', content: 'import' },
  });
  expect(exitStatus).toBe('OK');
  return machines;
}

/** Makes the machine and expects that this succeeds. */
export async function createFrom(
  machines: Machines,
  form: Record<string, string> = machineForm,
): Promise<void> {
  expect((await machines.run({ path: '/nodes/pve01/qemu', form })).exitStatus).toBe('OK');
}

/** Starts a machine and expects that this succeeds. */
export async function start(machines: Machines, vmid: number): Promise<void> {
  const { exitStatus } = await machines.run({ path: `/nodes/pve01/qemu/${vmid}/status/start` });
  expect(exitStatus).toBe('OK');
}
