import { startSimulator, type Simulator } from '../../simulator';
import { clusterProblems } from './judge';
import { evacuate } from './scenarios/evacuate';
import { truthOf } from './truth';

describe('the judge of a cell', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator({ scenario: evacuate.cluster });
  });
  afterEach(() => simulator.close());

  function judged(change: (simulator: Simulator) => void): string[] {
    const reference = truthOf(simulator.control);
    change(simulator);
    return clusterProblems(simulator.control, reference);
  }

  function guestState(vmid: number) {
    const guest = simulator.control.cluster.guests.get(vmid);
    if (guest === undefined) throw new Error(`no guest ${vmid}`);
    return guest;
  }

  test('finds nothing wrong where nothing has changed', () => {
    expect(judged(() => undefined)).toEqual([]);
  });

  test('objects to a lock that was left', () => {
    expect(judged(({ control }) => control.setLock(101, 'migrate'))).toEqual([
      'guest 101 is locked (migrate)',
    ]);
  });

  test('objects to a guest in another place than in the undisturbed run', () => {
    expect(judged(() => (guestState(103).node = 'pve02'))).toEqual([
      expect.stringContaining('guest 103: pve02 stopped'),
    ]);
  });

  test('objects to a second migration and to a guest that was in two places', () => {
    const problems = judged(() => {
      const guest = guestState(101);
      guest.migrationsStarted = 2;
      guest.placements.push({ node: 'pve02', from: guest.placements[0]?.from ?? 0, until: undefined });
    });
    expect(problems).toEqual(
      expect.arrayContaining(['guest 101 was begun to migrate 2 times', 'guest 101 was in two places']),
    );
  });

  test.each([
    ["can't lock file '/var/lock/pve-manager/pve-migrate-101' - got timeout", false],
    ["can't lock file '/var/lock/qemu-server/lock-101.conf' - got timeout", true],
    ['migration aborted', true],
    ['OK', true],
  ])('objects to a second migration task unless it waited for the lock in vain (%s: %s)', (end, objects) => {
    const problems = judged(({ control }) => {
      for (const [pid, exitStatus] of [
        ['00000BBC', 'OK'],
        ['00000BBD', end],
      ] as const) {
        const upid = `UPID:pve01:${pid}:05270D0B:6B075832:qmigrate:101:root@pam:`;
        control.cluster.tasks.restore({ upid, endTime: 1, exitStatus, log: [] });
      }
    });
    expect(problems.some((problem) => problem.startsWith('guest 101 had another migration task'))).toBe(
      objects,
    );
  });

  test('knows a late duplicate that got the lock once the guest had gone', () => {
    const line =
      "ERROR: migration aborted: Configuration file 'nodes/pve01/qemu-server/101.conf' does not exist";
    const problems = judged(({ control }) => {
      for (const [pid, exitStatus] of [
        ['00000BBC', 'OK'],
        ['00000BBD', 'migration aborted'],
      ] as const) {
        const upid = `UPID:pve01:${pid}:05270D0B:6B075832:qmigrate:101:root@pam:`;
        control.cluster.tasks.restore({
          upid,
          endTime: 1,
          exitStatus,
          log: exitStatus === 'OK' ? [] : [line],
        });
      }
      guestState(101).migrationsStarted = 2;
    });
    expect(problems).toEqual([]);
  });

  test('objects to a volume that no guest names', () => {
    const problems = judged(({ control }) => {
      const [volume] = control.cluster.volumes.all().filter(({ vmid }) => vmid === 104);
      if (volume === undefined) throw new Error('104 has no volume');
      const volid = 'local-lvm:vm-104-disk-7';
      control.cluster.volumes.add({ ...volume, volid });
    });
    expect(problems).toEqual(expect.arrayContaining([expect.stringContaining('belongs to no guest')]));
  });

  test('objects to a volume of a guest that is not there, and to no image', () => {
    const problems = judged(({ control: { cluster } }) => {
      const [volume] = cluster.volumes.all().filter(({ vmid }) => vmid === 104);
      if (volume === undefined) throw new Error('104 has no volume');
      cluster.volumes.add({ ...volume, volid: 'local-lvm:vm-999-disk-0', vmid: 999 });
      cluster.volumes.add({ ...volume, volid: 'nfs:import/a.qcow2', storage: 'nfs', vmid: undefined });
    });
    expect(problems).toEqual(['local-lvm:vm-999-disk-0 on pve01 belongs to no guest']);
  });

  test('objects to a report that says more than is true', () => {
    const guests = [101, 102, 103, 104].map((vmid) => ({ vmid, outcome: 'moved', now: 'pve02' }));
    const problems = evacuate.problems(simulator.control, { outcome: 'done', nodeIsEmpty: true, guests });
    expect(problems).toContain('the report is not true of guest 101, which is on pve01');
  });
});
