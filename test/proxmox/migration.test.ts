import type { ScenarioInput } from '../../simulator';
import { qemuStatus } from '../../src/proxmox/api/guests';
import { migrationPreconditions, startMigration } from '../../src/proxmox/api/migration';
import { createTaskPoller } from '../../src/proxmox/tasks/poller';
import { managerErrorOf, scenario, startLab, useCleanUp } from './support';

const clean = useCleanUp();
const gib = 2 ** 30;
const guest = { node: 'pve01', vmid: 102 };
const setupSeconds = 0.3;
const plan = { ramBytes: 4 * gib, diskBytes: 4 * gib, setupSeconds };

/** Ten times as fast as real: 8 GiB at 0.5 GiB/s are 1.6 s. */
async function startLabOf(version: '8.4' | '9') {
  const withBigGuest: ScenarioInput = {
    ...scenario,
    version,
    guests: [
      {
        vmid: 102,
        node: 'pve01',
        name: 'big',
        status: 'running',
        memory_used: 4 * gib,
        config: { memory: 4096, scsi0: 'local-lvm:vm-102-disk-0,size=4G' },
      },
    ],
  };
  const lab = await startLab(clean, { scenario: withBigGuest, speed: 10 });
  const poller = createTaskPoller(lab.client, { pollEveryMs: 100 });
  clean(() => poller.close());
  return { ...lab, poller };
}

describe.each(['8.4', '9'] as const)('a live migration with a local disk on %s', (version) => {
  test('is started, its copy seen to end in time, and its end told with downtime and bytes', async () => {
    const { client, poller } = await startLabOf(version);
    const { localDisks, allowedNodes } = await migrationPreconditions(client, guest);
    expect(localDisks).toMatchObject([{ drive: 'scsi0', sizeBytes: 4 * gib, attached: true, cdrom: false }]);
    expect(allowedNodes).toContain('pve02');

    const upid = await startMigration(client, guest, { target: 'pve02', online: true, withLocalDisks: true });
    const watch = { vmid: 102, plan, stallAfterMs: 30_000 };
    const startedAtMs = performance.now();
    const ending = await poller.watch(upid, { ...watch, until: 'copyEnding' });
    const endingAfterMs = performance.now() - startedAtMs;
    expect(ending.kind).toBe('copyEnding');
    const again = startMigration(client, guest, { target: 'pve03', online: true, withLocalDisks: true });
    expect((await managerErrorOf(again)).code).toBe('GuestLocked');
    const ended = await poller.watch(upid, { ...watch, until: 'ended' });
    expect(ended).toMatchObject({ kind: 'ended', exit: { kind: 'ok' } });
    expect(ended).toHaveProperty('downtimeMs');
    expect(endingAfterMs).toBeGreaterThan(1_000);
    expect(await qemuStatus(client, { node: 'pve02', vmid: 102 })).toMatchObject({
      running: true,
      lock: undefined,
    });
    expect((await managerErrorOf(qemuStatus(client, guest))).code).toBe('GuestNotFound');
  });
});
