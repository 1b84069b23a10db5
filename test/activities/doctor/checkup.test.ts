import { proxmoxVersions } from '../../e2e/support/scenario';
import { faultsOf, healthyScenario, openCheckupLab } from './support/checkupLab';

describe.each(proxmoxVersions)('a checkup of a healthy cluster of Proxmox VE %s', (version) => {
  it('finds every check right, in less than three seconds, and changes nothing', async () => {
    const lab = await openCheckupLab(healthyScenario(version));
    try {
      // The first look also compiles; a busy machine may be slow with that.
      await lab.checkUp();
      const startedMs = performance.now();
      const checkup = await lab.checkUp();
      expect(performance.now() - startedMs).toBeLessThan(3_000);
      expect(faultsOf(checkup)).toEqual([]);
      expect(new Set(checkup.findings.map(({ check }) => check)).size).toBe(16);
      expect(lab.simulator.control.requests().filter(({ method }) => method !== 'GET')).toEqual([]);
    } finally {
      await lab.close();
    }
  });
});
