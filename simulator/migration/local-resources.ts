import type { GuestState } from '../cluster/guests';
import { isRunning } from '../cluster/guests';
import type { ClusterState } from '../cluster/state';
import { mappingOf, mappedOnNode, type MappingKind } from './mappings';

/** What ties a guest to its node besides disks (recordings d1 of 8.4, d1 and d2 of 9). */
export interface LocalResources {
  /** Configuration keys that name something of this node. */
  readonly local: readonly string[];
  /** Configuration keys that name a resource mapping, with the mapping. */
  readonly mapped: ReadonlyMap<string, { readonly name: string; readonly liveMigration: boolean }>;
  /** By other node: keys whose mapping has no entry there. */
  readonly missingOn: ReadonlyMap<string, readonly string[]>;
}

const kinds: readonly (readonly [RegExp, MappingKind])[] = [
  [/^usb\d+$/, 'usb'],
  [/^hostpci\d+$/, 'pci'],
  [/^virtiofs\d+$/, 'dir'],
];

/** Looks at the configuration only. Fails with Perl's text if a pci mapping does not exist (recording 9 d1). */
export function localResources(cluster: ClusterState, guest: GuestState): LocalResources {
  const local = new Set<string>();
  const mapped = new Map<string, { name: string; liveMigration: boolean }>();
  const missingOn = new Map<string, string[]>([...cluster.nodes.keys()].map((node) => [node, []]));
  for (const [key, value] of guest.config) {
    const kind = kinds.find(([pattern]) => pattern.test(key))?.[1];
    const name = kind === undefined ? undefined : mappingName(kind, value);
    if (kind !== undefined && name !== undefined) {
      const mapping = mappingOf(cluster, kind, name);
      mapped.set(key, { name, liveMigration: mapping?.get('live-migration-capable') === '1' });
      for (const [node, keys] of missingOn) {
        if (!mappedOnNode(mapping, node)) keys.push(key);
      }
      if (kind !== 'pci') local.add(key);
    } else if (isLocalDevice(key, value, isRunning(guest))) {
      local.add(key);
    }
  }
  return { local: [...local].sort(), mapped, missingOn };
}

function mappingName(kind: MappingKind, value: string): string | undefined {
  const named = /(?:^|,)mapping=([^,]+)/.exec(value)?.[1];
  return kind === 'dir' ? (named ?? /^(?:dirid=)?([^,=]+)/.exec(value)?.[1]) : named;
}

function isLocalDevice(key: string, value: string, running: boolean): boolean {
  if (/^serial\d+$/.test(key)) return value !== 'socket';
  if (/^usb\d+$/.test(key)) return !/(?:^|,)(?:host=)?spice\b/.test(value);
  if (key === 'vga') return running && /(?:^|,)clipboard=vnc/.test(value);
  return key === 'ivshmem' || /^(?:hostpci|parallel)\d+$/.test(key);
}
