import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runbookTables } from '../../scripts/runbooks/tables';
import { listRunbooks, shippedFolder } from '../../src/runbooks/catalogue';
import { shellParser } from './support/runbooks';

const page = readFileSync(join(__dirname, '../../docs/shipped-runbooks.md'), 'utf8');

describe('docs/shipped-runbooks.md', () => {
  it('shows the steps of the runbooks as they are; npm run runbook-tables writes it', async () => {
    expect(runbookTables(listRunbooks(shippedFolder), await shellParser())).toBe(page);
  });

  it.each([
    ['a step has another title', '**Make it a template**', '**Make it one**'],
    ['a step asks for something else', 'POST /nodes/{{node}}/qemu\n', 'POST /nodes/{{node}}/lxc\n'],
    ['a step is done only if something fails', 'cleanup=always', 'cleanup=on-failure'],
    ['the image comes from somewhere else', 'cloud.debian.org', 'mirror.example'],
  ])('is not current where %s', async (_what, before, after) => {
    const folder = mkdtempSync(join(tmpdir(), 'pxm-tables-'));
    try {
      cpSync(shippedFolder, folder, { recursive: true });
      const file = join(folder, 'debian-13.md');
      const text = readFileSync(file, 'utf8');
      expect(text).toContain(before);
      writeFileSync(file, text.replaceAll(before, after));
      expect(runbookTables(listRunbooks(folder), await shellParser())).not.toBe(page);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
