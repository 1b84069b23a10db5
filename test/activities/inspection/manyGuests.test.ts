import { nobodysLeases } from './lab';
import { startLab, useCleanUp } from '../../proxmox/support';
import { unknownNetwork } from '../../planning/given';
import { inspectNode } from '../../../src/activities/inspection/inspectNode';
import { planEvacuation } from '../../../src/planning/planMoves';

const clean = useCleanUp();

test('Two hundred guests on one node are planned, two requests each', async () => {
  const { client, simulator } = await startLab(clean, {
    scenario: {
      nodes: ['pve01', 'pve02', 'pve03', 'pve04'].map((name) => ({ name, memory: '2T', cpus: 128 })),
      storages: [{ id: 'nas', type: 'nfs', content: ['images'], path: '/mnt/pve/nas', size: '100T' }],
      generate: [
        {
          count: 200,
          first_vmid: 1000,
          nodes: ['pve01'],
          config: { scsi0: 'nas:{vmid}/vm-{vmid}-disk-0.qcow2,size=8G' },
          memory: [512, 1024, 4096],
          statuses: ['running', 'running', 'stopped'],
        },
      ],
      access: {
        users: [{ id: 'admin@pve', tokens: [{ id: 'test', secret: 'right' }] }],
        acl: [{ path: '/', user: 'admin@pve', role: 'Administrator' }],
      },
    },
  });
  const facts = await inspectNode(
    { client, now: () => new Date() },
    { node: 'pve01', othersLeases: nobodysLeases, depth: 'everything' },
  );
  const plan = planEvacuation({ facts, request: { node: 'pve01' }, settings: unknownNetwork });
  expect(plan.moves).toHaveLength(200);
  expect(plan.stays).toEqual([]);
  const aboutGuests = simulator.control.requests().filter(({ path }) => /\/qemu\/\d+\//.test(path));
  expect(aboutGuests).toHaveLength(400);
});
