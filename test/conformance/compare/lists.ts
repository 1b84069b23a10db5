import { isObject, type Json } from '../json';
import { pathMatches } from './rules';

/** A list whose order says nothing: Proxmox makes it from a Perl hash. Lists that no rule names are compared in order. */
interface UnorderedList {
  readonly endpoint: RegExp;
  readonly paths: readonly string[];
  /** The members that tell one row from another; none for a list of plain values. */
  readonly identity: readonly string[];
  readonly seen: string;
}

const unorderedLists: readonly UnorderedList[] = [
  {
    endpoint: /^\/cluster\/(?:resources|status)$/,
    paths: ['data'],
    identity: ['id'],
    seen: '10 of 23 samples are in order of id',
  },
  { endpoint: /^\/nodes$/, paths: ['data'], identity: ['node'], seen: '5 of 7 samples in order' },
  {
    endpoint: /^\/nodes\/\{node\}\/(?:qemu|lxc)$/,
    paths: ['data'],
    identity: ['vmid'],
    seen: '2 of 7 samples in order',
  },
  {
    endpoint: /^(?:\/nodes\/\{node\})?\/storage$/,
    paths: ['data'],
    identity: ['storage'],
    seen: '1 of 4 samples in order',
  },
  { endpoint: /\/pending$/, paths: ['data'], identity: ['key'], seen: '0 of 2 samples in order' },
  { endpoint: /\/snapshot$/, paths: ['data'], identity: ['name'], seen: 'made from a hash; one sample' },
  {
    endpoint: /\/\{vmid\}\/migrate$/,
    paths: ['data.local_disks'],
    identity: ['volid'],
    seen: '30 of 32 samples in order',
  },
  {
    endpoint: /\/\{vmid\}\/migrate$/,
    paths: [
      ...['allowed_nodes', 'local_resources', 'mapped-resources'].map((key) => `data.${key}`),
      ...['unavailable-resources', 'unavailable_storages'].map((key) => `data.not_allowed_nodes.*.${key}`),
    ],
    identity: [],
    seen: 'allowed_nodes: 23 of 46 samples in order',
  },
  {
    endpoint: /^\/access\/(?:acl|roles|users\/\{userid\}\/token)$/,
    paths: ['data'],
    identity: ['path', 'ugid', 'roleid', 'tokenid'],
    seen: 'none of the role lists is in order',
  },
  {
    endpoint: /^\/commands\/pveum (?:role|acl|user token) list\b/,
    paths: ['data'],
    identity: ['path', 'ugid', 'roleid', 'tokenid'],
    seen: 'none of the role lists is in order',
  },
  {
    endpoint: /^\/cluster\/config\/nodes$/,
    paths: ['data'],
    identity: ['name'],
    seen: '1 of 2 samples in order',
  },
  {
    endpoint: /^\/cluster\/config\/join$/,
    paths: ['data.nodelist'],
    identity: ['name'],
    seen: 'not in order',
  },
  {
    endpoint: /^\/nodes\/\{node\}\/capabilities\/qemu\/cpu$/,
    paths: ['data'],
    identity: ['name'],
    seen: 'not in order',
  },
];

/** What identifies a row of an unordered list. */
export type RowIdentity = (row: Json) => string;

/** How the rows of the list at this endpoint and path are told apart, or undefined where their order counts. */
export function rowIdentity(endpoint: string, path: readonly string[]): RowIdentity | undefined {
  const list = unorderedLists.find(
    (rule) => rule.endpoint.test(endpoint) && rule.paths.some((pattern) => pathMatches(pattern, path)),
  );
  if (list === undefined) return undefined;
  return (row) =>
    isObject(row) ? JSON.stringify(list.identity.map((key) => row[key] ?? null)) : JSON.stringify(row);
}

/** Texts that are comma-separated lists in random order: the content types of a storage (observed.md, Types). */
export function isUnorderedText(path: readonly string[]): boolean {
  return path.at(-1) === 'content';
}
