import fc from 'fast-check';
import { drivesOf } from '../../../simulator/cluster/drives';
import type { GuestTruth } from '../../../simulator';
import { MigrationRun } from '../../../simulator/migration/run';
import { sameStorages } from '../../../simulator/migration/storage-map';
import { migrate } from '../../../simulator/migration/worker';
import type { Task } from '../../../simulator/tasks/task';
import { guest, Lab, labScenario } from './lab';

const vmids = [100, 101, 102, 103, 104];

/** Something that happens in the middle, so many simulated seconds after the event before it. */
interface Blow {
  readonly kind: 'abort' | 'kill' | 'cut' | 'restore' | 'kill-qemu';
  readonly vmid: number;
  readonly afterSeconds: number;
}

const blow: fc.Arbitrary<Blow> = fc.record({
  kind: fc.constantFrom('abort', 'kill', 'cut', 'restore', 'kill-qemu'),
  vmid: fc.constantFrom(...vmids),
  afterSeconds: fc.double({ min: 0, max: 12, noNaN: true }),
});

function scenario() {
  return labScenario({
    network: { link: '512M', stream: '256M', disk: '256M' },
    guests: [
      guest(100),
      guest(101, { dirty_rate: '100M' }),
      guest(102, { config: { scsi0: 'local-lvm:vm-102-disk-0,size=2G' } }),
      guest(103, { status: 'stopped', config: { scsi0: 'local-lvm:vm-103-disk-0,size=2G' } }),
      guest(104, { dirty_rate: '1G', memory_used: '1G' }),
    ],
  });
}

async function strike(lab: Lab, { kind, vmid, afterSeconds }: Blow): Promise<void> {
  await lab.cluster.clock.sleep(afterSeconds);
  const [task] = lab.control.runningTasks({ type: 'qmigrate', id: String(vmid) });
  if (kind === 'cut') await lab.control.cutLink('pve02');
  else if (kind === 'restore') await lab.control.restoreLink('pve02');
  else if (kind === 'kill-qemu') lab.control.setGuest(vmid, { status: 'stopped' });
  else if (kind === 'abort' && task !== undefined) await lab.abort(task);
  else if (kind === 'kill' && task !== undefined) lab.control.killWorker({ upid: task.upid });
}

function check(lab: Lab, truth: GuestTruth): void {
  expect(truth.executesOn.length).toBeLessThanOrEqual(1);
  expect(truth.wasInTwoPlaces).toBe(false);
  expect(truth.migrationsStarted).toBe(1);
  const state = lab.cluster.guests.get(truth.vmid);
  for (const { file } of drivesOf(state?.config ?? new Map())) {
    if (lab.cluster.volumes.find(file, truth.node) === undefined) {
      throw new Error(`${truth.vmid} is on ${truth.node}, but ${file} is not`);
    }
  }
}

test('whatever breaks when: never in two places, and every disk is where the configuration is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(blow, { maxLength: 8 }), async (blows) => {
      const lab = await Lab.start(scenario(), 400);
      try {
        for (const vmid of vmids) {
          const form: Record<string, string> = { target: 'pve02', 'with-local-disks': '1', online: '1' };
          await lab.begin(vmid, form);
        }
        for (const one of blows) {
          await strike(lab, one);
          for (const truth of lab.control.guests()) check(lab, truth);
        }
        await lab.control.restoreLink('pve02');
        await lab.control.waitFor(() => lab.control.runningTasks().length === 0, 'the end of all tasks');
        for (const truth of lab.control.guests()) check(lab, truth);
      } finally {
        await lab.simulator.close();
      }
    }),
    { numRuns: 15 },
  );
});

/** A migration as a request would start it, without the request: a thousand TLS connections prove nothing here. */
function beginDirectly({ cluster }: Lab, vmid: number, target: string): Task {
  const [state, source, to] = [
    cluster.guests.get(vmid),
    cluster.nodes.get('pve01'),
    cluster.nodes.get(target),
  ];
  if (state === undefined || source === undefined || to === undefined) throw new Error('not in the scenario');
  return cluster.tasks.start({
    node: 'pve01',
    type: 'qmigrate',
    id: String(vmid),
    authId: 'admin@pve!test',
    run: (worker) =>
      migrate(
        new MigrationRun(cluster, worker, state, source, {
          target: to,
          withLocalDisks: false,
          targetStorage: sameStorages,
          bandwidthLimitBytesPerSecond: undefined,
          conntrackState: false,
          force: false,
          startedByHa: false,
        }),
      ),
  });
}

test('a thousand machines move at once, each exactly once, as fast as the link carries them', async () => {
  const lab = await Lab.start(
    labScenario({
      network: { link: '20G', stream: '4G', disk: '4G' },
      guests: Array.from({ length: 1000 }, (_, index) => guest(1000 + index, { memory_used: '1G' })),
    }),
    20,
  );
  try {
    const startedAt = lab.cluster.clock.now();
    const tasks = Array.from({ length: 1000 }, (_, index) =>
      beginDirectly(lab, 1000 + index, index % 2 === 0 ? 'pve02' : 'pve03'),
    );
    await Promise.all(tasks.map(({ finished }) => finished));
    expect(lab.cluster.clock.now() - startedAt).toBeGreaterThan(1000 / 20);
    expect(new Set(tasks.map(({ exitStatus }) => exitStatus))).toEqual(new Set(['OK']));
    for (const truth of lab.control.guests()) {
      check(lab, truth);
      expect(truth.executesOn).toEqual([truth.node]);
    }
  } finally {
    await lab.simulator.close();
  }
});

test('a second task waits for the lock of the first in vain, and is no migration that was begun', async () => {
  const lab = await Lab.start(scenario(), 1);
  try {
    const [first, second] = await Promise.all([
      lab.begin(100, { target: 'pve02', online: '1' }),
      lab.begin(100, { target: 'pve02', online: '1' }),
    ]);
    lab.cluster.clock.setSpeed(50);
    await Promise.all([first.finished, second.finished]);
    expect([first.exitStatus, second.exitStatus].toSorted()).toEqual([
      'OK',
      "can't lock file '/var/lock/pve-manager/pve-migrate-100' - got timeout",
    ]);
    check(lab, lab.control.guest(100));
  } finally {
    await lab.simulator.close();
  }
});
