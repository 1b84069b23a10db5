import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pxm } from './support/cli';

const folder = join(__dirname, '../config/broken');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('pxm config check', () => {
  it.each(files)('names the place of what is wrong in %s, and exits 2', async (name) => {
    const { exitCode, stdout, stderr } = await pxm('config', 'check', '--config', join(folder, name));
    expect(exitCode).toBe(2);
    expect(stdout + stderr).toMatch(new RegExp(`${basename(name)}:\\d+:\\d+`));
  });
});
