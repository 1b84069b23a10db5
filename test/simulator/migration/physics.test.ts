import type { Task } from '../../../simulator/tasks/task';
import { guest, Lab, labScenario } from './lab';

const mebibyte = 1024 ** 2;
const speed = 100;

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start(
    labScenario({
      network: { link: '512M', stream: '256M', disk: '128M' },
      guests: [
        guest(100, { memory_used: 20 * 1024 * mebibyte }),
        guest(101, { memory_used: 20 * 1024 * mebibyte, dirty_rate: 128 * mebibyte }),
        guest(102, {
          memory_used: 10 * 1024 * mebibyte,
          config: { scsi1: 'local-lvm:vm-102-disk-0,size=10G' },
        }),
        guest(103, { memory_used: 1024 * mebibyte, dirty_rate: 1024 * mebibyte }),
        ...[110, 111, 112, 113].map((vmid) => guest(vmid, { memory_used: 20 * 1024 * mebibyte })),
      ],
    }),
    speed,
  );
});
afterAll(() => lab.simulator.close());

/** Simulated seconds from the start of the worker to the end of its task. */
async function secondsOf(tasks: readonly Task[]): Promise<number> {
  const startedAt = lab.cluster.clock.now();
  await Promise.all(tasks.map(({ finished }) => finished));
  return lab.cluster.clock.now() - startedAt;
}

function begin(vmid: number, target = 'pve02'): Promise<Task> {
  return lab.begin(vmid, { target, online: '1', 'with-local-disks': '1' });
}

/**
 * The live clock is never early; how late it is depends on the machine. That nothing takes longer than the
 * formula is tested in virtual time: test/simulator/network.
 */
function expectNotEarly(seconds: number, expected: number): void {
  expect(seconds).toBeGreaterThan(expected - 0.03 * speed);
}

test('memory: f + M / b', async () => {
  expectNotEarly(await secondsOf([await begin(100)]), 6 + (20 * 1024) / 256);
});

test('memory that is written meanwhile: f + M / (b - d)', async () => {
  expectNotEarly(await secondsOf([await begin(101)]), 6 + (20 * 1024) / (256 - 128));
});

test('a local disk first: f + D / b_disk + M / b', async () => {
  expectNotEarly(await secondsOf([await begin(102)]), 6 + (10 * 1024) / 128 + (10 * 1024) / 256);
});

test('a guest that writes faster than the stream ends by longer and longer downtime', async () => {
  const task = await begin(103);
  // 1 GiB needs 4 s at 256 MiB/s: 0.1 s doubles six times, every six seconds.
  expectNotEarly(await secondsOf([task]), 6 + 6 * 6 + 4);
  const log = task.lines.join('\n');
  expect(log).toMatch(/average migration speed: .* - downtime 4\d{3} ms/);
  expect(log).toContain('VM-state, 256.0 MiB/s, VM dirties lots of memory: 1.0 GiB/s');
  expect(log).toContain('auto-increased downtime to continue migration: 200 ms');
});

test('four at once share the link of their source', async () => {
  const tasks = await Promise.all([begin(110), begin(111, 'pve03'), begin(112), begin(113, 'pve03')]);
  expectNotEarly(await secondsOf(tasks), 6 + (4 * 20 * 1024) / 512);
});
