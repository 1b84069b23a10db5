import { proxmoxVersions } from '../../e2e/support/scenario';
import { faultNames, faults } from './faults';
import { examineWith, expectExactly, openInstallations, type Installations } from './support';

let installations: Installations;
beforeAll(async () => {
  installations = await openInstallations();
});
afterAll(() => installations.close());

describe.each(proxmoxVersions)('pxm doctor on Proxmox VE %s', (version) => {
  it('finds nothing where nothing is planted', async () => {
    const { findings } = await examineWith(installations, version, []);
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  it.each(faultNames)('finds and names: %s, and nothing else', async (name) => {
    const { findings } = await examineWith(installations, version, [faults[name]]);
    expectExactly(findings, [name], version);
  });
});
