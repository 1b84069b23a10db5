import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadScenario } from '../../simulator/scenario/load';
import { writeDemoScenario } from '../../src/client/demo/scenario';
import { runbookOf } from '../../src/client/demo/template/furnish';
import { procedureText } from '../../src/client/demo/template/procedureText';
import { parseMarker } from '../../src/planning/template/marker';
import { checkRunbook } from '../../src/runbooks/check/check';
import { openShellParser } from '../../src/runbooks/shell/tree';
import { pxm } from './support/cli';

// The whole story is played by .ci/run.
describe('the demo of a template', () => {
  it('begins with version 1 in force, by a marker that counts, and a clone that depends on it', () => {
    const { guests } = loadScenario('debian-template');
    const template = guests.find(({ vmid }) => vmid === 900);
    expect(parseMarker(template?.config['description'])).toMatchObject({
      ...{ kind: 'template', name: 'debian-13', vmid: 900, generation: 1, runbook: 'debian-13' },
    });
    expect(guests.find(({ name }) => name === 'web-1')?.config['scsi0']).toContain('base-900-disk-1');
  });

  it('uses the shipped runbook, with the image that its nodes know as the only change', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pxm-demo-template-'));
    const { images, version } = writeDemoScenario(folder, 'debian-template', '9');
    rmSync(folder, { recursive: true });
    expect(version).toBe('9');
    const text = runbookOf(images);
    const { runbook, problems } = checkRunbook('debian-13.md', Buffer.from(text), await openShellParser());
    expect(problems).toEqual([]);
    expect(runbook?.frontMatter.source).toEqual({
      url: 'https://images.example/debian-13-genericcloud-amd64.qcow2',
      checksum: `sha512:${images[0]?.checksums['sha512'] ?? ''}`,
    });
    expect(text).not.toContain('cloud.debian.org/images');
  });

  it('runs a procedure in the plain form, in which only the commands that REST could do are noted', async () => {
    const text = Buffer.from(procedureText(901));
    const { problems } = checkRunbook('guest-from-template.md', text, await openShellParser());
    expect(problems.map(({ kind }) => kind)).toEqual(['rest-instead', 'rest-instead']);
    expect(text.toString()).not.toMatch(/```bash \{/);
  });

  it('names the scenes that there are where another one is asked for', async () => {
    const { exitCode, stderr } = await pxm('demo', 'nothing');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('evacuation, template');
  });
});
