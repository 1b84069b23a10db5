import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTemplateRunbook } from '../../src/activities/template/recipe';
import { loadClusterConfig } from '../../src/config/load';
import { publicKey } from './support/shipped/stage';
import { templateRuns } from './support/shipped/runs';

const text = `
cluster: { name: lab, nodes: [{ name: pve01, host: 127.0.0.1 }] }
credentials: { file: token }
defaults: { storage: local-lvm, network_bridge: vmbr0 }
cloudinit: { default_user: ada, ssh_keys_source: keys }
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pxm-recipes-'));
  writeFileSync(join(folder, 'cluster-config.yaml'), text);
  writeFileSync(join(folder, 'keys'), `${publicKey}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function recipeOf(runbook: string) {
  const run = templateRuns.find((it) => it.runbook === runbook);
  // The frame gives the name itself.
  const parameters = Object.fromEntries(
    Object.entries(run?.parameters ?? {}).filter(([name]) => name !== 'name'),
  );
  const url = run?.file === undefined ? {} : { url: `https://images.example/${run.file}` };
  const config = loadClusterConfig(join(folder, 'cluster-config.yaml'));
  return readTemplateRunbook(config, { runbook, parameters: { ...parameters, ...url } });
}

describe('pxm template', () => {
  it.each(templateRuns.map(({ runbook }) => runbook))(
    'understands what %s makes, and of what',
    async (name) => {
      const { recipe, files } = await recipeOf(name);
      expect(files.map((it) => it.name)).toEqual([name]);
      const { url, checksum, checksums, vmid } = recipe.source;
      if (name === 'from-vm') expect(vmid).toBe(103);
      else expect([url, checksum ?? checksums]).toEqual([expect.any(String), expect.any(String)]);
      expect(JSON.stringify([url, checksum, checksums])).not.toContain('{{');
      expect(recipe.storage).toBe('local-lvm');
      expect(recipe.importStorage).toBe(name === 'from-vm' ? undefined : 'local');
    },
  );

  it('gives the keys of the configuration to the machines', async () => {
    expect((await recipeOf('debian-13')).recipe.made['sshkeys']).toBe(encodeURIComponent(publicKey));
  });

  it('knows when a clone of each is ready: with an agent inside, by its API, or when it runs', async () => {
    const agent = async (name: string) => (await recipeOf(name)).recipe;
    expect(await agent('debian-13')).toMatchObject({ imageType: 'cloudinit', machine: { cores: 2 } });
    expect((await agent('talos')).readiness).toBe('talosApi');
    expect((await agent('flatcar')).imageType).toBe('qcow2');
  });
});
