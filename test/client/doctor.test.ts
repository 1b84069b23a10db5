import { faultsOf, healthyScenario, openCheckupLab } from '../activities/doctor/support/checkupLab';
import type { Finding } from '../../src/domain/checkup';
import { freePort } from '../../src/temporal/freePort';
import { pxm, pxmJson } from './support/cli';

describe('pxm doctor', () => {
  it('says what is wrong and what to do, and exits 1, where there is no Temporal server', async () => {
    const lab = await openCheckupLab(healthyScenario('9'));
    process.env['PXM_STATE_FOLDER'] = lab.folder;
    process.env['TEMPORAL_ADDRESS'] = `127.0.0.1:${await freePort()}`;
    try {
      const { exitCode, stdout } = await pxm('doctor', '--config', lab.configFile);
      expect(stdout).toContain('-> Start one on this machine: pxm up');
      expect(stdout).toMatch(/^certificates +pve01, pve02, pve03 +its certificate is trusted/m);
      expect(exitCode).toBe(1);
      const { document } = await pxmJson('doctor', '--config', lab.configFile);
      expect(faultsOf(document as { findings: Finding[] })).toEqual([
        expect.stringMatching(/^failed temporal 127\.0\.0\.1/),
        'notChecked namespace cluster',
        'notChecked searchAttributes cluster',
        'notChecked worker cluster',
        'notChecked workerVersion cluster',
        'notChecked operations cluster',
        // No key of this process may log in.
        ...['pve01', 'pve02', 'pve03'].map((node) => `warning ssh ${node}`),
      ]);
    } finally {
      await lab.close();
    }
  });
});
