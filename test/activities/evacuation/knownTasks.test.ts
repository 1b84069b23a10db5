import { formatUpid } from '../../../simulator/tasks/upid';
import { knownTasks } from '../../../src/activities/evacuation/knownTasks';
import { labWith, machine } from '../inspection/lab';
import { startLab, useCleanUp } from '../../proxmox/support';

const clean = useCleanUp();

test('migrations of a node are known however many came after them; those of other guests are not kept', async () => {
  const { client, simulator } = await startLab(clean, { scenario: labWith({ guests: [machine(101)] }) });
  const { tasks } = simulator.control.cluster;
  const past = (vmid: number, endTime: number) => {
    const parts = { node: 'pve01', pid: endTime, pstart: 1, starttime: endTime - 1, type: 'qmigrate' };
    const upid = formatUpid({ ...parts, id: String(vmid), authId: 'admin@pve!test' });
    tasks.restore({ upid, endTime, exitStatus: 'OK', log: [] });
    return upid;
  };
  const oldest = past(101, 10_000);
  for (let count = 1; count <= 2_500; count += 1) past(102, 10_000 + count);
  const newest = past(101, 20_000);
  const known = await knownTasks(client, 'pve01', [101, 103], new AbortController().signal);
  expect(known).toEqual({ '101': [newest, oldest] });
});
