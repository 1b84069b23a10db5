import { proxmoxVersions } from '../../e2e/support/scenario';
import { faultsOf, healthyScenario, openCheckupLab } from './support/checkupLab';

describe.each(proxmoxVersions)('a checkup of a healthy cluster of Proxmox VE %s', (version) => {
  it('finds every check right, and changes nothing', async () => {
    const lab = await openCheckupLab(healthyScenario(version));
    try {
      const checkup = await lab.checkUp();
      expect(faultsOf(checkup)).toEqual([]);
      expect(new Set(checkup.findings.map(({ check }) => check)).size).toBe(16);
      expect(lab.simulator.control.requests().filter(({ method }) => method !== 'GET')).toEqual([]);
    } finally {
      await lab.close();
    }
  });

  // What keeps it short; how long it takes is measured by `npm run bench`.
  it('asks all nodes at the same time, by API and by SSH, and then the cluster for everything at once', async () => {
    const lab = await openCheckupLab(healthyScenario(version));
    const { control, nodes } = lab.simulator;
    const moment = 'before handling';
    const first = nodes.flatMap(({ name: node }) => [
      control.holdRequest({ node, path: '/version' }, moment),
      control.holdCommand({ node, argv: ['hostname'] }, moment),
    ]);
    const then = [
      ...nodes.map(({ name }) => control.holdRequest({ path: `/nodes/${name}/time` }, moment)),
      control.holdRequest({ path: '/storage' }, moment),
      control.holdRequest({ path: '/cluster/ha/status/current' }, moment),
    ];
    try {
      const running = lab.checkUp({ nodePatienceMs: 60_000 });
      for (const holds of [first, then]) {
        // Each of them is held until all of them have arrived.
        await Promise.all(holds.map(({ arrived }) => arrived));
        for (const hold of holds) hold.release();
      }
      expect(faultsOf(await running)).toEqual([]);
    } finally {
      await lab.close();
    }
  });
});
