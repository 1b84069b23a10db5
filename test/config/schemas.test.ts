import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import clusterConfigSchema from '../../schemas/cluster-config.schema.json';
import { brokenFiles } from './brokenFiles';

const root = join(__dirname, '../..');
const isAccepted = new Ajv().compile(clusterConfigSchema);

function accepts(file: string): boolean {
  return isAccepted(parse(readFileSync(join(__dirname, file), 'utf8')));
}

describe('the published JSON Schemas', () => {
  test('are what the programs check with', () => {
    const { status, stderr } = spawnSync('npm', ['run', '--silent', 'schemas', '--', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('is named in the first line of the configuration', () => {
    const [first] = readFileSync(join(root, 'cluster-config.yaml'), 'utf8').split('\n');
    expect(first).toBe('# yaml-language-server: $schema=./schemas/cluster-config.schema.json');
  });

  test.each(['seed.yaml', 'full.yaml'])('accepts %s', (file) => {
    expect(accepts(join('fixtures', file))).toBe(true);
  });

  const shown = [
    'missing-credentials',
    'missing-host',
    'mistyped-section',
    'mistyped-key',
    'mistyped-value',
    'no-provider',
    'two-providers',
    'port-out-of-range',
    'duration-without-unit',
    'rate-in-wrong-unit',
    'share-above-one',
  ].map((name) => `${name}.yaml`);
  test.each(brokenFiles.filter(({ file }) => shown.includes(file)))('refuses broken/$file', ({ file }) => {
    expect(accepts(join('broken', file))).toBe(false);
  });
});
