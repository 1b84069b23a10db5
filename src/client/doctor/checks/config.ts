import type { ConfigCheck } from '../../../config/load';
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
