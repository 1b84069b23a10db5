import { readFileSync } from 'node:fs';
import { calleesIn, listRunbooks, shippedFolder } from '../../src/runbooks/catalogue';
import { checkRunbook, type CheckedRunbook } from '../../src/runbooks/check/check';
import { unitsOf } from '../../src/runbooks/sequence';
import { shellParser } from './support/runbooks';

const files = listRunbooks(shippedFolder);

async function check({ file }: { readonly file: string }): Promise<CheckedRunbook> {
  return checkRunbook(file, readFileSync(file), await shellParser(), calleesIn(files));
}

describe('the runbooks that are shipped', () => {
  it.each(files)('$name has no problems', async (it) => {
    expect((await check(it)).problems).toEqual([]);
  });

  it.each(files)('$name is named as its file, and every step of it has an id of its own', async (it) => {
    const { runbook } = await check(it);
    expect(runbook?.frontMatter.name).toBe(it.name);
    const units = runbook === undefined ? [] : unitsOf(runbook);
    expect(units.length).toBeGreaterThan(2);
    for (const { options, step } of units) {
      expect([step.title, options.id?.name]).toEqual([step.title, expect.any(String)]);
    }
  });

  it.each(files)('$name says what each parameter is', async (it) => {
    const { runbook } = await check(it);
    for (const { name, description } of runbook?.parameters ?? []) {
      expect([name, description]).toEqual([name, expect.stringMatching(/\S/)]);
    }
  });

  it('are those that a cluster needs: templates, and maintenance', () => {
    expect(files.map(({ name }) => name)).toEqual(
      [
        ...[
          'almalinux-9',
          'alpine',
          'debian-12',
          'debian-13',
          'fedora',
          'flatcar',
          'from-vm',
          'generic-qcow2',
        ],
        ...['generic-raw', 'iso-install', 'opensuse-leap', 'ova-import', 'rocky-9', 'talos', 'ubuntu-22.04'],
        ...['ubuntu-24.04', 'replace-vendor-snippet', 'resize-disk', 'snapshot-retention', 'storage-check'],
        'upload-iso',
      ].toSorted(),
    );
  });

  it('of a template make the machine under the name that they are given, and leave its description alone', async () => {
    for (const it of files) {
      const { runbook } = await check(it);
      if (runbook === undefined || (runbook.frontMatter.image_type ?? 'none') === 'none') continue;
      const making = unitsOf(runbook).filter(({ options }) =>
        options.captures.some(({ name }) => name === 'made'),
      );
      expect([it.name, making.length]).toEqual([it.name, 1]);
      const given = (making[0]?.block?.call?.arguments ?? []).map(
        ({ name, value }) => `${name}=${value.text}`,
      );
      expect(given).toContain('name={{name}}');
      expect(given).toContain(it.name === 'from-vm' ? 'newid={{vmid}}' : 'vmid={{vmid}}');
      expect(runbook.source.text).not.toMatch(/^ *description=/m);
      expect(runbook.source.text).not.toMatch(/\{\{name\}\}-vendor/);
    }
  });
});
