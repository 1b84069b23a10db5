import { existsSync } from 'node:fs';
import type { ClusterConfig } from '../../../config/clusterConfig';
import { checkClusterConfig, type ConfigCheck } from '../../../config/load';
import type { NamedFile } from '../../../config/namedFiles';
import type { Finding } from '../../../domain/checkup';
import { failed, ok } from '../finding';

/** Every problem of the configuration, with its place. */
export function checkConfig(file: string, { config, problems }: ConfigCheck): Finding[] {
  if (config !== undefined) return [ok('config', file, `it is valid: cluster ${config.cluster.name}`)];
  return problems.map(({ line, column, path, message, expected, nearest }) =>
    failed(
      'config',
      `${file}:${line}:${column}`,
      `${path === '' ? 'the file' : path} ${message}`,
      nearest === undefined
        ? `Write ${expected} there; see docs/configuration.md`
        : `Write ${nearest} there, if that is what is meant; expected is ${expected}`,
    ),
  );
}

/** What is wrong with the files that a valid configuration names, as `pxm config check` says it, with its place. */
export function checkNamedFiles(file: string, config: ClusterConfig): Finding[] {
  const { problems } = checkClusterConfig(file, namedFiles(config));
  return problems.map(({ line, column, path, message, expected }) =>
    failed(
      'config',
      `${file}:${line}:${column}`,
      `${path} ${message}`,
      path === 'credentials.file' ? tokenFileRemedy : `Name ${expected} there`,
    ),
  );
}

/** A token that is not here may be with a worker, or yet to be made: that is no fault of the configuration. */
function namedFiles({ credentials }: ClusterConfig): readonly NamedFile[] {
  const isThere = credentials.provider === 'file' && existsSync(credentials.path);
  return ['cluster.ca_file', ...(isThere ? (['credentials.file'] as const) : [])];
}

const tokenFileRemedy =
  'Make it a file of this user that nobody else may read, with the token id on line 1 and the secret on line 2: chmod 600 <that file>\nRenew the token if others could have read it: pxm token rotate';
