import { z } from 'zod';
import type { Machines } from '../qemu/machines';
import { connectRoot } from '../ssh/client';
import { createFrom, machineForm, machinesWithImage, start } from './images';

const silent = 'QEMU guest agent is not running';

let machines: Machines;
beforeEach(async () => {
  machines = await machinesWithImage();
});
afterEach(() => machines.simulator.close());

const agent = (vmid: number, call: string): Promise<unknown> =>
  machines.get(`/nodes/pve01/qemu/${vmid}/agent/${call}`);
const ping = (vmid: number): Promise<unknown> =>
  machines.ask({ method: 'POST', path: `/nodes/pve01/qemu/${vmid}/agent/ping` });
const clone = async (vmid: number, newid: number): Promise<void> => {
  const form = { newid: String(newid), full: '1' };
  expect((await machines.run({ path: `/nodes/pve01/qemu/${vmid}/clone`, form })).exitStatus).toBe('OK');
};
const read = async (vmid: number, file: string): Promise<string> => {
  const answer = await agent(vmid, `file-read?file=${encodeURIComponent(file)}`);
  return z.object({ content: z.string() }).parse(answer).content;
};

/** Runs a program in a guest: its exit code and output. */
async function execute(vmid: number, ...argv: string[]): Promise<unknown> {
  machines.control.setSpeed(0.1);
  const query = argv.map((word) => `command=${encodeURIComponent(word)}`).join('&');
  const started = await machines.ask({
    method: 'POST',
    path: `/nodes/pve01/qemu/${vmid}/agent/exec?${query}`,
  });
  const { pid } = z.object({ pid: z.number() }).parse(started);
  expect(await agent(vmid, `exec-status?pid=${pid}`)).toEqual({ exited: 0 });
  machines.control.setSpeed(100);
  await machines.control.advance(1);
  return agent(vmid, `exec-status?pid=${pid}`);
}

describe('a guest from an image', () => {
  test('answers by its agent when its boot has ended, not before', async () => {
    await createFrom(machines);
    expect(await ping(900)).toBe('VM 900 is not running');
    await start(machines, 900);
    expect(await ping(900)).toBe(silent);
    await machines.control.advance(20);
    expect(await ping(900)).toEqual({ result: {} });
    expect(await agent(900, 'network-get-interfaces')).toMatchObject({
      result: [
        { name: 'lo', 'ip-addresses': [{ 'ip-address': '127.0.0.1', prefix: 8 }] },
        { name: 'eth0', 'ip-addresses': [{ 'ip-address-type': 'ipv4' }] },
      ],
    });
  });

  test('has the address that its configuration says', async () => {
    await createFrom(machines, { ...machineForm, ipconfig0: 'ip=10.1.2.3/24,gw=10.1.2.1' });
    await start(machines, 900);
    await machines.control.advance(20);
    expect(await agent(900, 'network-get-interfaces')).toMatchObject({
      result: [{}, { 'ip-addresses': [{ 'ip-address': '10.1.2.3', prefix: 24 }] }],
    });
  });

  test('runs programs', async () => {
    await createFrom(machines);
    await start(machines, 900);
    await machines.control.advance(20);
    expect(await execute(900, 'cloud-init', 'status', '--wait')).toEqual({
      exited: 1,
      exitcode: 0,
      'out-data': 'status: done\n',
    });
    expect(await execute(900, 'cat', '/nosuch')).toMatchObject({ exited: 1, exitcode: 1 });
    expect(await execute(900, 'nosuch')).toMatchObject({ exitcode: 127 });
    expect(await agent(900, 'exec-status?pid=1')).toBe('Agent error: PID 1 does not exist');
    expect(await agent(900, 'file-read?file=/nosuch')).toMatch(/^Agent error: failed to open file/);
  });

  test('makes its own machine id at its first boot, which copies of its disk keep', async () => {
    await createFrom(machines);
    await clone(900, 901);
    await start(machines, 900);
    await start(machines, 901);
    await machines.control.advance(20);
    const [id, other] = [await read(900, '/etc/machine-id'), await read(901, '/etc/machine-id')];
    expect(id).toMatch(/^[0-9a-f]{32}\n$/);
    expect(other).not.toBe(id);
    const hostKey = await read(900, '/etc/ssh/ssh_host_ed25519_key.pub');
    await machines.run({ path: '/nodes/pve01/qemu/900/status/stop' });
    await clone(900, 902);
    await start(machines, 902);
    await machines.control.advance(20);
    expect(await read(902, '/etc/machine-id')).toBe(id);
    expect(await read(902, '/etc/ssh/ssh_host_ed25519_key.pub')).not.toBe(hostKey);
  });

  test('never answers if that was ordered, and a boot may never end', async () => {
    machines.control.setBoot({ agent: false });
    machines.control.setBoot({ vmid: 901, agent: true, seconds: 'never' });
    await createFrom(machines);
    await clone(900, 901);
    await start(machines, 900);
    await start(machines, 901);
    await machines.control.advance(600);
    expect(await ping(900)).toBe(silent);
    expect(await ping(901)).toBe(silent);
    const shutdown = { path: '/nodes/pve01/qemu/901/status/shutdown', form: { timeout: '5' } };
    expect((await machines.run(shutdown)).exitStatus).toBe('VM quit/powerdown failed - got timeout');
  });

  test('gets an agent from a snippet that installs one, which must be there when it starts', async () => {
    machines.control.setUrl({
      url: 'http://images.example/plain.qcow2',
      size: '10M',
      image: 'qcow2',
      virtual_size: '1G',
    });
    const form = { url: 'http://images.example/plain.qcow2', filename: 'plain.qcow2', content: 'import' };
    await machines.run({ path: '/nodes/pve01/storage/local/download-url', form });
    const scsi0 = 'files:0,import-from=local:import/plain.qcow2';
    const cicustom = 'vendor=local:snippets/vendor.yaml';
    await createFrom(machines, { ...machineForm, scsi0 });
    await createFrom(machines, { ...machineForm, vmid: '901', scsi0 });
    await machines.run({ path: '/nodes/pve01/qemu/901/config', form: { cicustom } });
    expect((await machines.run({ path: '/nodes/pve01/qemu/901/status/start' })).exitStatus).toBe(
      "volume 'local:snippets/vendor.yaml' does not exist",
    );
    const root = await connectRoot(machines.simulator, 'pve01');
    const written = await root.run(
      'tee /var/lib/vz/snippets/vendor.yaml',
      '#cloud-config\npackages: [qemu-guest-agent]\n',
    );
    expect(written.exitCode).toBe(0);
    root.close();
    await start(machines, 900);
    await start(machines, 901);
    await machines.control.advance(20);
    expect(await ping(900)).toBe(silent);
    expect(await ping(901)).toEqual({ result: {} });
  });

  test('goes on with its boot while it is moved', async () => {
    await createFrom(machines, {
      ...machineForm,
      scsi0: machineForm.scsi0.replace('files', 'shared'),
      scsi1: 'none,media=cdrom',
    });
    await start(machines, 900);
    await machines.control.advance(20);
    const form = { target: 'pve02', online: '1' };
    expect((await machines.run({ path: '/nodes/pve01/qemu/900/migrate', form })).exitStatus).toBe('OK');
    expect(await machines.ask({ method: 'POST', path: '/nodes/pve02/qemu/900/agent/ping' })).toEqual({
      result: {},
    });
  });
});

describe('agent calls', () => {
  const asLow = (path: string, method = 'GET'): Promise<unknown> =>
    machines.ask({ method, path, authorization: 'PVEAPIToken=low@pve!test=low' });

  test('on 9 need one privilege for reading files, and another one for programs', async () => {
    await createFrom(machines);
    await start(machines, 900);
    await machines.control.advance(20);
    const path = '/nodes/pve01/qemu/900/agent';
    expect(await asLow(`${path}/file-read?file=/etc/hostname`)).toMatchObject({ content: 'debian-13\n' });
    expect(await asLow(`${path}/exec?command=true`, 'POST')).toBe(
      'Permission check failed (/vms/900, VM.GuestAgent.Unrestricted)',
    );
  });

  test('a clone in a pool has the privileges of the pool', async () => {
    await createFrom(machines);
    await machines.ask({ method: 'POST', path: '/pools', form: { poolid: 'pxm-builds' } });
    const privs = 'VM.Allocate,VM.Clone,VM.Audit,VM.GuestAgent.Unrestricted,VM.Config.Network';
    await machines.ask({ method: 'POST', path: '/access/roles', form: { roleid: 'Builds', privs } });
    for (const target of ['/pool/pxm-builds']) {
      await machines.put('/access/acl', { path: target, roles: 'Builds', users: 'low@pve' });
    }
    await machines.put('/access/acl', { path: '/vms/900', roles: 'PVEVMAdmin', users: 'low@pve' });
    await machines.put('/access/acl', { path: '/storage', roles: 'PVEDatastoreUser', users: 'low@pve' });
    await machines.put('/access/acl', { path: '/sdn', roles: 'PVESDNUser', users: 'low@pve' });
    const authorization = 'PVEAPIToken=low@pve!test=low';
    const request = { path: '/nodes/pve01/qemu/900/clone', authorization };
    const refused = await machines.ask({ ...request, method: 'POST', form: { newid: '901' } });
    expect(refused).toMatch(/^Permission check failed/);
    const form = { newid: '901', pool: 'pxm-builds' };
    expect((await machines.run({ ...request, form })).exitStatus).toBe('OK');
    await start(machines, 901);
    await machines.control.advance(20);
    const started = await asLow('/nodes/pve01/qemu/901/agent/exec?command=true', 'POST');
    expect(z.object({ pid: z.number() }).safeParse(started).success).toBe(true);
  });
});
