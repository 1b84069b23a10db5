import { workerEnvironment } from '../../src/client/processes/workerProcess';
import type { ClusterConfig, CredentialSettings } from '../../src/config/clusterConfig';
import { loadClusterConfig } from '../../src/config/load';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './support/cli';

function configWith(credentials: CredentialSettings): ClusterConfig {
  const file = join(temporaryFolder(), 'cluster-config.yaml');
  writeFileSync(
    file,
    'cluster:\n  name: lab\n  nodes:\n    - { name: pve01, host: 192.0.2.1 }\ncredentials:\n  file: token\n',
  );
  return { ...loadClusterConfig(file), credentials };
}

describe('the environment of a worker', () => {
  beforeEach(() => {
    process.env['MY_TOKEN_ID'] = 'root@pam!x';
    process.env['MY_TOKEN_SECRET'] = 'canary';
    process.env['TEMPORAL_NAMESPACE'] = 'default';
  });
  afterEach(() => {
    delete process.env['MY_TOKEN_ID'];
    delete process.env['MY_TOKEN_SECRET'];
    delete process.env['TEMPORAL_NAMESPACE'];
  });

  it('holds the credential variables only where the configuration chose them', () => {
    const names = { tokenIdVariable: 'MY_TOKEN_ID', tokenSecretVariable: 'MY_TOKEN_SECRET' };
    const chosen = workerEnvironment(configWith({ provider: 'environment', ...names }));
    expect(chosen).toMatchObject({ MY_TOKEN_ID: 'root@pam!x', MY_TOKEN_SECRET: 'canary' });
    const other = workerEnvironment(configWith({ provider: 'file', path: '/nowhere' }));
    expect(Object.values(other)).not.toContain('canary');
    expect(other).toMatchObject({ TEMPORAL_NAMESPACE: 'default' });
  });
});
