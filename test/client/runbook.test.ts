import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pxm, pxmJson, temporaryFolder } from './support/cli';

const good =
  '---\nname: good\ndescription: A good one\nrequires: [ssh]\n---\n\n## Steps\n\n1. **Look** (SSH)\n   ```bash\n   lsblk\n   ```\n';

describe('pxm runbook', () => {
  let folder = '';
  beforeEach(() => {
    folder = temporaryFolder();
    mkdirSync(join(folder, 'runbooks'));
    // It need not be valid: only its place counts.
    writeFileSync(join(folder, 'cluster-config.yaml'), '');
    process.env['PXM_CONFIG'] = join(folder, 'cluster-config.yaml');
  });
  afterEach(() => {
    delete process.env['PXM_CONFIG'];
  });

  const write = (name: string, text: string) => writeFileSync(join(folder, 'runbooks', `${name}.md`), text);
  const read = (name: string) => readFileSync(join(folder, 'runbooks', `${name}.md`), 'utf8');

  it('list shows own and shipped ones with their state; an own one hides a shipped one', async () => {
    write('good', good);
    write('storage-check', good.replace('name: good', 'name: storage-check').replace('(SSH)', ''));
    write('_draft', 'not a runbook');
    const { exitCode, stdout } = await pxm('runbook', 'list');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^good +none +own +ok +A good one$/m);
    expect(stdout).toMatch(/^debian-13 +cloudinit +shipped +ok /m);
    expect(stdout).toMatch(/^storage-check +none +own +1 error /m);
    expect(stdout).not.toContain('_draft');
  });

  it('list shows what can be read, and names what can not', async () => {
    write('good', good);
    mkdirSync(join(folder, 'runbooks', 'folder.md'));
    symlinkSync(join(folder, 'gone'), join(folder, 'runbooks', 'dangling.md'));
    const { exitCode, stdout } = await pxm('runbook', 'list');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^good +none +own +ok +A good one$/m);
    expect(stdout).toMatch(/^folder +none +own +1 error +it is a folder, no file$/m);
    expect(stdout).toMatch(/^dangling +none +own +1 error +it is a link that leads nowhere$/m);
  });

  it('check goes on to the others where one can not be read, or is not there', async () => {
    write('bad', good.replace('name: good', 'name: bad').replace('(SSH)', ''));
    mkdirSync(join(folder, 'runbooks', 'folder.md'));
    const { exitCode, stderr } = await pxm('runbook', 'check', 'folder', 'storage-chek', 'bad');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('3 runbooks checked: 3 errors, 0 warnings.');
    expect(stderr).toMatch(/runbooks\/folder\.md:1:1 error: it is a folder, no file; .* \[file\]/);
    expect(stderr).toMatch(/storage-chek:1:1 error: there is none .*; Did you mean storage-check\? \[file\]/);
    expect(stderr).toMatch(/runbooks\/bad\.md:9:4 error: .* \[missing-label\]/);
    expect(await pxm('runbook', 'check')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('folder.md:1:1 error') as string,
    });
  });

  it('check is told of a name that is not that of the file', async () => {
    write('wrongname', good);
    const { exitCode, stdout } = await pxm('runbook', 'check', 'wrongname');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /wrongname\.md:2:7 warning: the name good is not that of the file; write name: wrongname, .* \[other-name\]/,
    );
  });

  it('show exits 2 where the file has errors, and shows what can be shown', async () => {
    write('bad', good.replace('name: good', 'name: bad').replace('lsblk', 'echo {{nothing}}'));
    const { exitCode, stdout, stderr } = await pxm('runbook', 'show', 'bad');
    expect(exitCode).toBe(2);
    expect(stdout).toContain('Look');
    expect(stderr).toContain('It has errors: pxm runbook check bad');
    const shown = await pxmJson('runbook', 'show', 'bad');
    expect(shown).toMatchObject({ exitCode: 2, document: { exitCode: 2 } });
  });

  it('check names file, line and column of every problem, and exits 2', async () => {
    write('bad', good.replace('(SSH)', '').replace('lsblk', 'echo {{nothing}}'));
    const { exitCode, stderr } = await pxm('runbook', 'check', 'bad');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/runbooks\/bad\.md:9:4 error: the step "Look" has no label; .* \[missing-label\]/);
    expect(stderr).toMatch(
      /runbooks\/bad\.md:11:9 error: {{nothing}} names nothing; .* \[unknown-parameter\]/,
    );
  });

  it('check of all that is there exits 0 where there are no errors', async () => {
    write('good', good);
    expect(await pxm('runbook', 'check')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('check --json is one document', async () => {
    write('bad', good.replace('name: good', 'name: bad').replace('(SSH)', ''));
    const { exitCode, document } = await pxmJson('runbook', 'check', 'bad');
    expect(exitCode).toBe(2);
    expect(document).toMatchObject({
      problems: [{ kind: 'missing-label', line: 9, severity: 'error' }],
      exitCode: 2,
    });
  });

  it('check refuses a file of more than 64 KiB without reading it', async () => {
    write('large', good + 'x'.repeat(64 * 1024));
    const { exitCode, stderr } = await pxm('runbook', 'check', 'large');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('large.md:1:1 error: the file is larger than 64 KiB');
  });

  it('check shows what can be mended, and writes it only with --fix', async () => {
    const before = good.replace('lsblk', 'qm start 100').replace('```bash', '```bash {on=pve01}');
    write('start', before);
    const shown = await pxm('runbook', 'check', 'start');
    expect(shown).toMatchObject({ exitCode: 0 });
    expect(shown.stderr).toContain('Can be mended with --fix:');
    expect(shown.stderr).toContain('+   POST /nodes/pve01/qemu/100/status/start');
    expect(read('start')).toBe(before);
    expect(await pxm('runbook', 'check', 'start', '--fix')).toMatchObject({ exitCode: 0 });
    expect(read('start')).toContain(
      '1. **Look** (API)\n   ```http {wait=task}\n   POST /nodes/pve01/qemu/100/status/start\n',
    );
    expect(await pxm('runbook', 'check', 'start')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('show tells parameters and steps', async () => {
    const { exitCode, stdout } = await pxm('runbook', 'show', 'debian-13');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^storage +storage +defaults\.storage of the configuration/m);
    expect(stdout).toMatch(/^download +API +change /m);
    expect(stdout).toMatch(/^remove-vm +API +destroy +when made, clean-up on failure/m);
  });

  it('names the nearest one where there is none of that name', async () => {
    const { exitCode, stderr } = await pxm('runbook', 'show', 'storage-chek');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Did you mean storage-check?');
  });

  it('new writes a valid file to fill in, and never over another one', async () => {
    const { exitCode, stdout } = await pxm('runbook', 'new', 'replace-disk');
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringContaining('pxm runbook check replace-disk') as string,
    });
    expect(read('replace-disk')).toContain('name: replace-disk\n');
    expect(await pxm('runbook', 'check', 'replace-disk')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await pxm('runbook', 'new', 'replace-disk')).toMatchObject({ exitCode: 2 });
    expect(await pxm('runbook', 'new', 'small', '--from', 'debian-13')).toMatchObject({ exitCode: 0 });
    expect(await pxm('runbook', 'check', 'small')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it.each(['../x', 'X', 'a b', '-x'])('new refuses the name %s', async (name) => {
    expect(await pxm('runbook', 'new', '--', name)).toMatchObject({ exitCode: 2 });
    expect(existsSync(join(folder, `${name}.md`))).toBe(false);
  });
});
