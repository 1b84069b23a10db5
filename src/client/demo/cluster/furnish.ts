import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { clustersFolder } from '../../../config/profiles/load';
import type { DemoPlace } from '../stage';
import { demoProfile, deployKeyFile, profileText } from './profile';
import { startStandIns } from './standIns';

/** The profile, a deploy key that no Git server knows, and the stand-ins, first in the PATH of the worker. */
export async function furnishForClusters(place: DemoPlace): Promise<void> {
  const { configFile } = place;
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(dirname(configFile), deployKeyFile), key, { mode: 0o600 });
  appendFileSync(configFile, stringify({ secrets: { [deployKeyFile]: { file: deployKeyFile } } }));
  const profiles = clustersFolder({ file: configFile });
  mkdirSync(profiles);
  writeFileSync(join(profiles, `${demoProfile}.yaml`), profileText);
  const bin = await startStandIns(place);
  process.env['PATH'] = `${bin}:${process.env['PATH'] ?? ''}`;
}
