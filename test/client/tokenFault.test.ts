import { rmSync, writeFileSync } from 'node:fs';
import { tokenFault } from '../../src/client/access/tokenFault';
import { loadClusterConfig } from '../../src/config/load';
import { healthyScenario } from '../activities/doctor/support/checkupLab';
import { openReadingLab, type ReadingLab } from './support/readingLab';

describe('what is wrong with the token that pxm bootstrap mends', () => {
  let lab: ReadingLab;
  beforeEach(async () => {
    lab = await openReadingLab(healthyScenario('9'));
  });
  afterEach(() => lab.close());

  const fault = async () => (await tokenFault(loadClusterConfig(lab.configFile, [])))?.code;

  it('is nothing while a node accepts it', async () => {
    expect(await fault()).toBeUndefined();
  });

  it('is that there is none', async () => {
    rmSync(lab.tokenFile);
    expect(await fault()).toBe('CredentialsMissing');
  });

  it('is that the cluster refuses it', async () => {
    const text = 'claude-code@pve!automation\n00000000-0000-0000-0000-000000000000\n';
    writeFileSync(lab.tokenFile, text, { mode: 0o600 });
    expect(await fault()).toBe('TokenRefused');
  });

  it('is also found at the real speed of Proxmox, which thinks for 3 s before it refuses', async () => {
    const timings = { authentication_failure: 3 };
    const real = await openReadingLab(healthyScenario('9', { timings }), { speed: 1 });
    try {
      const text = 'claude-code@pve!automation\n00000000-0000-0000-0000-000000000000\n';
      writeFileSync(real.tokenFile, text, { mode: 0o600 });
      expect((await tokenFault(loadClusterConfig(real.configFile, [])))?.code).toBe('TokenRefused');
    } finally {
      await real.close();
    }
  });

  it('is not known where no node answers: the token may be fine', async () => {
    for (const { name } of lab.simulator.nodes) await lab.simulator.control.crashNode(name);
    expect(await fault()).toBeUndefined();
  });

  it('is not asked where pxm bootstrap can store none: the variables stay for the worker', async () => {
    const config = loadClusterConfig(lab.configFile, []);
    process.env['PXM_TEST_ID'] = 'ada@pve!main';
    const credentials = {
      provider: 'environment',
      tokenIdVariable: 'PXM_TEST_ID',
      tokenSecretVariable: 'PXM_TEST_SECRET',
    } as const;
    expect(await tokenFault({ ...config, credentials })).toBeUndefined();
    expect(process.env['PXM_TEST_ID']).toBe('ada@pve!main');
    delete process.env['PXM_TEST_ID'];
  });
});
