import { readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pxm, temporaryFolder } from './support/cli';

const folder = join(__dirname, '../config/broken');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('pxm config check', () => {
  it.each(files)('names the place of what is wrong in %s, and exits 2', async (name) => {
    const { exitCode, stdout, stderr } = await pxm('config', 'check', '--config', join(folder, name));
    expect(exitCode).toBe(2);
    expect(stdout + stderr).toMatch(new RegExp(`${basename(name)}:\\d+:\\d+`));
  });

  it('says of a token file that is not there yet that pxm bootstrap makes it', async () => {
    const file = join(temporaryFolder(), 'cluster-config.yaml');
    const nodes = '  nodes:\n    - { name: pve01, host: 127.0.0.1 }';
    writeFileSync(file, `cluster:\n  name: lab\n${nodes}\ncredentials:\n  file: token\n`);
    const { exitCode, stderr } = await pxm('config', 'check', file);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('pxm bootstrap makes the file of the token');
    writeFileSync(join(dirname(file), 'token'), 'nothing', { mode: 0o600 });
    expect((await pxm('config', 'check', file)).stderr).not.toContain('pxm bootstrap');
  });
});
