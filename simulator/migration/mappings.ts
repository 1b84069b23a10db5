import { createHash } from 'node:crypto';
import type { ClusterState } from '../cluster/state';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';

/** What can be mapped to different devices or folders on different nodes. */
export type MappingKind = 'pci' | 'usb' | 'dir';

/** A mapping: its keys as sent; `map` holds one property string per node, separated by NUL. */
export type Mapping = ReadonlyMap<string, string>;

const separator = '\0';

/** The mapping with this id; undefined if there is none. */
export function mappingOf(cluster: ClusterState, kind: MappingKind, id: string): Mapping | undefined {
  return cluster.mappings.get(`${kind}/${id}`);
}

/** True if the mapping has an entry for the node. */
export function mappedOnNode(mapping: Mapping | undefined, node: string): boolean {
  return entriesOf(mapping).some((entry) => entry.split(',').includes(`node=${node}`));
}

/** Resource mappings: list, create, read, delete of each kind (recordings 9 d1). */
export const mappingEndpoints: EndpointTable = {
  ...endpointsOf('pci'),
  ...endpointsOf('usb'),
  ...endpointsOf('dir'),
};

function endpointsOf(kind: MappingKind): EndpointTable {
  return {
    [`GET /cluster/mapping/${kind}`]: (call) => listMappings(call, kind),
    [`POST /cluster/mapping/${kind}`]: (call) => createMapping(call, kind),
    [`GET /cluster/mapping/${kind}/{id}`]: (call) => readMapping(call, kind),
    [`DELETE /cluster/mapping/${kind}/{id}`]: (call) => deleteMapping(call, kind),
  };
}

function listMappings({ cluster, parameters }: ApiCall, kind: MappingKind): unknown {
  const node = parameters.optionalText('check-node');
  return [...cluster.mappings]
    .filter(([key]) => key.startsWith(`${kind}/`))
    .map(([key, mapping]) => ({
      id: key.slice(kind.length + 1),
      type: kind,
      ...shownKeys(mapping),
      digest: digestOf(mapping),
      ...(node === undefined ? {} : { checks: checksOf(mapping, node) }),
    }));
}

function createMapping({ cluster, parameters }: ApiCall, kind: MappingKind): void {
  const id = parameters.text('id');
  if (cluster.mappings.has(`${kind}/${id}`)) fail(`${kind} ID '${id}' already defined`);
  const keys = parameters.names().filter((name) => name !== 'id');
  const values = keys.map((name): [string, string] => [
    name,
    name === 'map' ? parameters.list(name).join(separator) : parameters.text(name),
  ]);
  const entries = new Map(values);
  entries.set('map', rejoined(entries.get('map') ?? ''));
  cluster.mappings.set(`${kind}/${id}`, entries);
}

/** A single entry sent as text was split at its commas: an entry begins with each `node=`. */
function rejoined(map: string): string {
  return map
    .split(separator)
    .reduce<string[]>((entries, part) => {
      const last = entries.at(-1);
      if (last === undefined || part.startsWith('node=')) return [...entries, part];
      return [...entries.slice(0, -1), `${last},${part}`];
    }, [])
    .join(separator);
}

function readMapping(call: ApiCall, kind: MappingKind): unknown {
  const { id, mapping } = requested(call, kind);
  return { id, type: kind, ...shownKeys(mapping), digest: digestOf(mapping) };
}

function deleteMapping(call: ApiCall, kind: MappingKind): void {
  call.cluster.mappings.delete(`${kind}/${requested(call, kind).id}`);
}

function requested({ cluster, parameters }: ApiCall, kind: MappingKind): { id: string; mapping: Mapping } {
  const id = parameters.text('id');
  return { id, mapping: mappingOf(cluster, kind, id) ?? fail(`mapping '${id}' not found`) };
}

function shownKeys(mapping: Mapping): Readonly<Record<string, unknown>> {
  const flags = new Set(['mdev', 'live-migration-capable']);
  const shown = [...mapping].map(([key, value]): [string, unknown] => {
    if (key === 'map') return [key, entriesOf(mapping)];
    return [key, flags.has(key) ? Number(value) : value];
  });
  return Object.fromEntries(shown);
}

function entriesOf(mapping: Mapping | undefined): string[] {
  return (mapping?.get('map') ?? '').split(separator).filter((entry) => entry !== '');
}

function checksOf(mapping: Mapping, node: string): unknown[] {
  if (mappedOnNode(mapping, node)) return [];
  return [{ severity: 'warning', message: `No mapping for node ${node}.` }];
}

function digestOf(mapping: Mapping): string {
  return createHash('sha1')
    .update(JSON.stringify([...mapping]))
    .digest('hex');
}
