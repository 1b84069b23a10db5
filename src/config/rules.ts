import type { VmidRange } from './clusterConfig';
import { readVmidRange } from './fields';
import type { Finding } from './findings';
import { at, listAt } from './lookup';

/**
 * What several keys must satisfy together. The rules look at the value as written, whatever its form, so that
 * they speak beside the schema's findings and not only once those are repaired.
 */
export function ruleFindings(value: unknown): Finding[] {
  return [nodesOnce, oneProvider, oneLogin, twoVariables, trustOnce, rangesApart, portsApart].flatMap(
    (rule) => rule(value),
  );
}

/** Names and addresses of nodes are unique. */
function nodesOnce(value: unknown): Finding[] {
  const nodes = listAt(value, ['cluster', 'nodes']);
  const clusterPort = at(value, ['cluster', 'port']);
  const names = nodes.map((node) => at(node, ['name']));
  const addresses = nodes.map((node) => {
    const host = at(node, ['host']);
    return typeof host === 'string'
      ? `${host.toLowerCase()} ${String(at(node, ['port']) ?? clusterPort)}`
      : undefined;
  });
  return [
    ...repeated(names, 'name', 'a name of its own for each node'),
    ...repeated(addresses, 'host', 'an address of its own for each node'),
  ];
}

function repeated(values: readonly unknown[], key: string, expected: string): Finding[] {
  return values.flatMap((it, index) => {
    const first = values.indexOf(it);
    if (it === undefined || first === index) return [];
    return [
      { path: ['cluster', 'nodes', index, key], message: `is that of cluster.nodes[${first}] too`, expected },
    ];
  });
}

const providers = ['pass_path', 'file', 'environment', 'systemd_credential', 'credential_command'];
const besideTheProvider = ['ssh_user', 'ssh_key_pass_path', 'root_login'];

function oneProvider(value: unknown): Finding[] {
  const credentials = at(value, ['credentials']);
  if (typeof credentials !== 'object' || credentials === null || Array.isArray(credentials)) return [];
  const keys = Object.keys(credentials);
  const given = providers.filter((it) => keys.includes(it));
  const expected = `exactly one of ${providers.join(', ')}`;
  const message = `is given beside ${given[0] ?? ''}`;
  if (given.length > 0) {
    return given.slice(1).map((it) => ({ path: ['credentials', it], place: 'key', message, expected }));
  }
  // An unknown key is a problem of its own, and most likely the mistyped provider.
  if (keys.some((it) => !besideTheProvider.includes(it))) return [];
  return [{ path: ['credentials'], place: 'key', message: 'names no place for the token', expected }];
}

function oneLogin(value: unknown): Finding[] {
  const section = at(value, ['credentials', 'root_login']);
  const given = ['pass_path', 'file'].filter((it) => at(section, [it]) !== undefined);
  if (typeof section !== 'object' || section === null || given.length === 1) return [];
  const expected = 'exactly one of pass_path, file';
  if (given.length > 1) {
    const path = ['credentials', 'root_login', 'file'];
    return [{ path, place: 'key', message: 'is given beside pass_path', expected }];
  }
  const hasOthers = Object.keys(section).length > 0;
  const message = 'names no place for the password';
  return hasOthers ? [] : [{ path: ['credentials', 'root_login'], place: 'key', message, expected }];
}

function twoVariables(value: unknown): Finding[] {
  const section = ['credentials', 'environment'];
  const [id, secret] = [at(value, [...section, 'token_id']), at(value, [...section, 'token_secret'])];
  if (id === undefined || id !== secret) return [];
  return [
    {
      path: [...section, 'token_secret'],
      message: 'is the variable of token_id too',
      expected: 'another variable',
    },
  ];
}

/** `tls: insecure` beside something that is to be verified would leave open which of them counts. */
function trustOnce(value: unknown): Finding[] {
  if (at(value, ['cluster', 'tls']) !== 'insecure') return [];
  const pins = listAt(value, ['cluster', 'nodes']).map((_, index) => [
    'cluster',
    'nodes',
    index,
    'fingerprint',
  ]);
  const given = [['cluster', 'ca_file'], ...pins].filter((path) => at(value, path) !== undefined);
  if (given.length === 0) return [];
  const expected = 'verify, or no ca_file and no fingerprint';
  return [
    {
      path: ['cluster', 'tls'],
      message: 'is "insecure" although there is something to verify with',
      expected,
    },
  ];
}

function rangesApart(value: unknown): Finding[] {
  const section = at(value, ['vmid_ranges']);
  const ranges = Object.entries(typeof section === 'object' && section !== null ? section : {}).flatMap(
    ([name, written]: [string, unknown]) => {
      const range = typeof written === 'string' ? readVmidRange(written) : undefined;
      return range === undefined ? [] : [{ name, range }];
    },
  );
  return ranges.flatMap(({ name, range }, index) => {
    const other = ranges.slice(0, index).find((it) => overlap(it.range, range));
    if (other === undefined) return [];
    const message = `overlaps vmid_ranges.${other.name}`;
    return [{ path: ['vmid_ranges', name], message, expected: 'ranges without a common VMID' }];
  });
}

function overlap(one: VmidRange, other: VmidRange): boolean {
  return one.first <= other.last && other.first <= one.last;
}

function portsApart(value: unknown): Finding[] {
  const [health, metrics] = [at(value, ['worker', 'health_port']), at(value, ['worker', 'metrics_port'])];
  if (typeof metrics !== 'number' || metrics === 0 || health !== metrics) return [];
  return [{ path: ['worker', 'metrics_port'], message: 'is the health_port too', expected: 'another port' }];
}
