import { storagesUsed } from './local-volumes';
import type { GuestState } from '../cluster/guests';
import type { ClusterState } from '../cluster/state';

const kibibyte = 1024;

/**
 * The limit of a migration in bytes per second; undefined: none. `asked` is the call's bwlimit in KiB/s; without it the
 * smallest of the storages' and the datacenter's `migration` limits (behaviour.md 7.11).
 */
export function bandwidthLimit(
  cluster: ClusterState,
  guest: GuestState,
  asked: number | undefined,
): number | undefined {
  if (asked !== undefined) return asked === 0 ? undefined : asked * kibibyte;
  const texts = storagesUsed(guest).map((id) => cluster.storages.get(id)?.options.get('bwlimit'));
  const limits = [...texts, cluster.options.get('bwlimit')].map(migrationLimit);
  const set = limits.filter((limit) => limit !== undefined && limit > 0);
  return set.length === 0 ? undefined : Math.min(...set.map(Number)) * kibibyte;
}

function migrationLimit(text: string | undefined): number | undefined {
  const entries = new Map(
    (text ?? '').split(',').map((part): [string, string] => {
      const [key = '', value = ''] = part.split('=');
      return [key, value];
    }),
  );
  const value = entries.get('migration') ?? entries.get('default');
  return value === undefined ? undefined : Number(value);
}
