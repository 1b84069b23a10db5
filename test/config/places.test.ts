import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { ManagerError } from '../../src/domain/errors';
import { locateClusterConfig } from '../../src/config/locate';
import {
  cacheFolder,
  configFolder,
  embeddedDatabaseFile,
  reportsFolder,
  stateFolder,
} from '../../src/config/paths';
import { temporaryFolder, writeConfig } from './writing';

const root = realpathSync(temporaryFolder());
const xdg = join(root, 'xdg');
const here = join(root, 'here');
const environment = { ...process.env };
const folderBefore = process.cwd();

beforeAll(() => {
  mkdirSync(here);
  mkdirSync(join(xdg, 'proxmox-manager'), { recursive: true });
});

beforeEach(() => {
  for (const name of ['PXM_STATE_FOLDER', 'PXM_CACHE_FOLDER', 'PXM_CONFIG'])
    Reflect.deleteProperty(process.env, name);
  for (const kind of ['CONFIG', 'STATE', 'CACHE']) process.env[`XDG_${kind}_HOME`] = xdg;
  process.chdir(here);
});

afterAll(() => {
  process.chdir(folderBefore);
  process.env = environment;
});

describe("the user's folders", () => {
  const onLinux = process.platform === 'linux' ? test : test.skip;

  onLinux('are those of the XDG specification', () => {
    process.env['XDG_STATE_HOME'] = '/xdg/state';
    process.env['XDG_CACHE_HOME'] = '/xdg/cache';
    process.env['XDG_CONFIG_HOME'] = '/xdg/config';
    expect(stateFolder()).toBe('/xdg/state/proxmox-manager');
    expect(cacheFolder()).toBe('/xdg/cache/proxmox-manager');
    expect(configFolder()).toBe('/xdg/config/proxmox-manager');
  });

  test('are others where the environment names them', () => {
    process.env['PXM_STATE_FOLDER'] = '/other/state';
    process.env['PXM_CACHE_FOLDER'] = 'cache';
    expect(stateFolder()).toBe('/other/state');
    expect(cacheFolder()).toBe(join(here, 'cache'));
    expect(reportsFolder()).toBe('/other/state/reports');
    expect(embeddedDatabaseFile()).toBe('/other/state/temporal.db');
  });

  test('are the standard ones where the environment names an empty text', () => {
    const standard = stateFolder();
    process.env['PXM_STATE_FOLDER'] = '';
    expect(stateFolder()).toBe(standard);
  });
});

describe('the configuration file', () => {
  test('that is nowhere is an error that names all places', () => {
    const search = () => locateClusterConfig();
    expect(search).toThrow(ManagerError);
    for (const place of [
      '--config',
      'PXM_CONFIG',
      join(here, 'cluster-config.yaml'),
      join(configFolder(), 'cluster-config.yaml'),
    ])
      expect(search).toThrow(place);
  });

  test('is found in the configuration folder, before it in this folder, PXM_CONFIG and --config', () => {
    mkdirSync(configFolder(), { recursive: true });
    const inXdg = writeConfig(configFolder(), '');
    expect(locateClusterConfig()).toBe(inXdg);

    const inHere = writeConfig(here, '');
    expect(locateClusterConfig()).toBe(inHere);

    process.env['PXM_CONFIG'] = 'sites/one.yaml';
    expect(locateClusterConfig()).toBe(join(here, 'sites/one.yaml'));
    expect(locateClusterConfig('/two.yaml')).toBe('/two.yaml');
  });
});
