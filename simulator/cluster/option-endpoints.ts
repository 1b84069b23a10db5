import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import { isQuorate } from './quorum';

/** Keys of datacenter.cfg that read back as objects (behaviour.md 4.5). */
const propertyStrings = [
  'migration',
  'next-id',
  'crs',
  'ha',
  'tag-style',
  'user-tag-access',
  'bwlimit',
  'notify',
  'replication',
  'webauthn',
  'u2f',
];
const defaultKeys: Readonly<Record<string, string>> = { migration: 'type', crs: 'ha', replication: 'type' };
const numericKeys = ['ha-rebalance-on-start', 'ha-auto-rebalance', 'case-sensitive'];

/** GET and PUT /cluster/options. */
export const optionEndpoints: EndpointTable = {
  'GET /cluster/options': ({ cluster }) => ({
    mac_prefix: 'BC:24:11',
    description: '',
    'allowed-tags': [],
    ...Object.fromEntries([...cluster.options].map(([key, value]) => [key, shownOption(key, value)])),
  }),
  'PUT /cluster/options': setOptions,
};

function setOptions({ cluster, node, parameters }: ApiCall): null {
  if (!isQuorate(cluster, node)) fail("cfs-lock 'file-datacenter_cfg' error: no quorum!");
  for (const key of parameters.list('delete')) cluster.options.delete(key);
  for (const key of parameters.names()) {
    if (key !== 'delete') cluster.options.set(key, parameters.text(key));
  }
  return null;
}

function shownOption(key: string, value: string): unknown {
  if (!propertyStrings.includes(key)) return key === 'max_workers' ? Number(value) : value;
  const entries = value.split(',').map((part): [string, unknown] => {
    const [name, ...rest] = part.split('=');
    if (name === undefined || rest.length === 0) return [defaultKeys[key] ?? 'value', part];
    const text = rest.join('=');
    return [name, numericKeys.includes(name) ? Number(text) : text];
  });
  return Object.fromEntries(entries);
}
