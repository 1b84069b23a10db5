import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { healthyScenario } from '../activities/doctor/support/checkupLab';
import { temporalServer } from '../support/temporal';
import { openReadingLab, type ReadingLab } from './support/readingLab';
import { setAccessStage } from '../e2e/support/accessStage';
import { untouched } from '../activities/access/support/lab';
import { pxm, temporaryFolder } from './support/cli';

/** Nobody can make a folder in /proc. */
const itOnLinux = process.platform === 'linux' ? it : it.skip;

describe('a state folder that can not be used', () => {
  let lab: ReadingLab;
  beforeEach(async () => {
    lab = await openReadingLab(healthyScenario('9'));
  });
  afterEach(() => lab.close());

  async function expectNamed(folder: string): Promise<void> {
    process.env['PXM_STATE_FOLDER'] = folder;
    const { exitCode, stderr } = await lab.pxm('up', '--port', '0', '--ui-port', '0');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('[ConfigInvalid]');
    expect(stderr).toContain(folder);
    expect(stderr).toContain('PXM_STATE_FOLDER');
  }

  it('is named by pxm up where a file stands in its place, or in that of a folder above it', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    await expectNamed(file);
    await expectNamed(join(file, 'below'));
  });

  itOnLinux('is named where no folder can be made at all', async () => {
    await expectNamed('/proc/nowhere/proxmox-manager');
  });

  itOnLinux('is named by pxm bootstrap before a host key is written there', async () => {
    const stage = await setAccessStage(untouched('9'));
    try {
      const folder = '/proc/nowhere/proxmox-manager';
      process.env['PXM_STATE_FOLDER'] = folder;
      process.env['TEMPORAL_ADDRESS'] = (await temporalServer()).address;
      const key = stage.lab.simulator.nodes[0]?.ssh.fingerprintSha256 ?? '';
      const config = ['--config', stage.lab.configFile];
      const { exitCode, stderr } = await pxm('bootstrap', '--accept-host-key', key, ...config);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`${folder} `);
      expect(stderr).toContain('PXM_STATE_FOLDER');
    } finally {
      await stage.close();
    }
  });
});
