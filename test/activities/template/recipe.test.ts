import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTemplateRunbook } from '../../../src/activities/template/recipe';
import { image } from '../../planning/template/given';
import { useCleanUp } from '../../proxmox/support';
import { configIn } from './lab';

const clean = useCleanUp();

function config() {
  const folder = mkdtempSync(join(tmpdir(), 'pxm-recipe-'));
  clean(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'runbooks'));
  return { folder, config: configIn(folder) };
}

test('a shipped runbook says what its steps make, with stand-ins for what the frame gives', async () => {
  const { recipe } = await readTemplateRunbook(config().config, {
    runbook: 'debian-13',
    parameters: { cores: '4' },
  });
  expect(recipe).toMatchObject({
    runbook: { name: 'debian-13', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    imageType: 'cloudinit',
    source: { url: expect.stringMatching(/^https:.*qcow2$/) as string },
    machine: { cores: 4, memoryMebibytes: 2048, osType: 'l26' },
    storage: 'local-lvm',
    importStorage: 'local',
    diskBytes: 8 * 2 ** 30,
    made: { bios: 'ovmf', net0: 'virtio,bridge=vmbr0', ciuser: 'ada' },
  });
  expect(Object.keys(recipe.parameters)).not.toContain('vmid');
  expect(Object.keys(recipe.made)).not.toContain('name');
});

test('the same wish gives the same recipe', async () => {
  const given = config().config;
  const [one, other] = [
    await readTemplateRunbook(given, { runbook: 'debian-13' }),
    await readTemplateRunbook(given, { runbook: 'debian-13' }),
  ];
  expect(one.recipe).toEqual(other.recipe);
  expect(one.files).toEqual(other.files);
});

test.each([
  ['a runbook that makes no template', { runbook: 'storage-check' }, 'it makes no template'],
  ['a parameter of the frame', { runbook: 'debian-13', parameters: { vmid: '900' } }, 'vmid is given by'],
  ['a parameter that is wrong', { runbook: 'debian-13', parameters: { cores: 'many' } }, 'cores'],
])('%s is refused', async (_title, request, said) => {
  await expect(readTemplateRunbook(config().config, request)).rejects.toMatchObject({
    code: 'InputInvalid',
    message: expect.stringContaining(said) as string,
  });
});

test('parameters are put into the address of the image', async () => {
  const { folder, config: given } = config();
  const lines = [
    ...['---', 'name: mine', 'description: Mine', 'image_type: cloudinit', 'requires: [api]', 'source:'],
    ...['  url: https://example.com/{{release}}/a.qcow2', `  checksum: sha256:${'a'.repeat(64)}`],
    ...[
      'params:',
      '  release: { default: trixie }',
      '  node: { type: node }',
      '  vmid: { type: vmid }',
      '---',
    ],
    ...['# Mine', '', '## Steps', '', '1. **Make it** (API)'],
    ...[
      '   ```http {wait=task}',
      '   POST /nodes/{{node}}/qemu',
      '   vmid={{vmid}}',
      '   memory=512',
      '   ```',
      '',
    ],
  ];
  writeFileSync(join(folder, 'runbooks', 'mine.md'), lines.join('\n'));
  const { recipe } = await readTemplateRunbook(given, { runbook: 'mine', parameters: { release: 'forky' } });
  expect(recipe.source.url).toBe('https://example.com/forky/a.qcow2');
});

test('for each copy the steps have its own node, VMID, name and image', async () => {
  const { fill } = await readTemplateRunbook(config().config, { runbook: 'debian-13' });
  const source = image({ url: 'https://example.com/image.qcow2' });
  const { steps } = fill({ node: 'pve02', vmid: 123, name: 'debian-13-v1-5d2f9c1e', source }).runbook;
  const shown = steps.map((step) => step.shown).join('\n');
  expect(shown).toContain('POST /nodes/pve02/qemu\nvmid=123\nname=debian-13-v1-5d2f9c1e');
  expect(shown).toContain('url=https://example.com/image.qcow2');
  expect(shown).not.toContain('999999999');
});
