import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ManagerError, problem } from '../domain/errors';
import { configFolder } from './paths';

const fileName = 'cluster-config.yaml';

/**
 * The configuration file to use, absolute. In this order: the one that `--config` names, PXM_CONFIG,
 * ./cluster-config.yaml, the user's configuration folder. A named file is taken as it is: reading it tells
 * whether it exists. Throws ManagerError `ConfigInvalid` if nothing is named and nothing is there.
 */
export function locateClusterConfig(named?: string): string {
  const chosen = named ?? process.env['PXM_CONFIG'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  const candidates = [resolve(fileName), join(configFolder(), fileName)];
  const found = candidates.find((it) => existsSync(it));
  if (found !== undefined) return found;
  throw new ManagerError(
    problem('ConfigInvalid', {
      attempted: `looking for ${fileName}`,
      failed: `--config and PXM_CONFIG name none, and there is none at ${candidates.join(' or ')}`,
      remedy: `Name it with --config or PXM_CONFIG, or put it at one of these places.`,
    }),
  );
}
