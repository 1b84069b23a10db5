import { formatBytes } from '../../domain/rendering/sizes';
import type { BuildNode } from './facts';
import type { ImportWay } from './ways';

/** How a copy of a template comes onto a node. */
export interface PlannedCopy {
  readonly node: string;
  /** `migrate`: a full clone of the first copy is made there, moved offline, and converted on its new node. */
  readonly method: 'build' | 'migrate';
  /** What goes over a network for it. */
  readonly movedBytes: number;
  readonly because: string;
}

/** What is known of the image and of the disks that it becomes. */
export interface CopySizes {
  readonly imageBytes: number;
  readonly diskBytes: number;
  /** Offline migration sends the whole virtual size from block storages, and what is used from files. */
  readonly usedBytes: number;
}

/**
 * Nodes that can have a copy: all that have the disks' storage, or those asked for; if it is shared one copy is enough.
 * Always in the same order: a plan that is made anew in the middle must not begin elsewhere.
 */
export function nodesForCopies(
  nodes: readonly BuildNode[],
  storage: string,
  wanted: readonly string[] | undefined,
): { readonly shared: boolean; readonly nodes: readonly string[] } {
  const able = nodes.filter((node) => node.online && storageOn(node, storage)?.usable === true);
  const shared = able.some((node) => storageOn(node, storage)?.shared === true);
  const chosen = able.filter(({ name }) => wanted === undefined || wanted.includes(name));
  const names = chosen.map(({ name }) => name);
  return { shared, nodes: names };
}

/**
 * Plans the copies: the first node builds, unless a version in force is only replicated; every other one builds as well or gets a migrated clone, whichever moves
 * less over the network. At a tie it builds: a clone costs the first node's disk as well.
 */
export function planCopies(
  nodes: readonly string[],
  ways: ReadonlyMap<string, ImportWay>,
  sizes: CopySizes,
  storageType: string,
  { withFirst }: { readonly withFirst: boolean },
): readonly PlannedCopy[] {
  const migrated = blockTypes.has(storageType) ? sizes.diskBytes : sizes.usedBytes;
  return nodes.map((node, index) => {
    const way = ways.get(node);
    const download = way === undefined ? undefined : downloadBytes(way, sizes.imageBytes);
    const isFirst = withFirst && index === 0;
    if (download !== undefined && (isFirst || download <= migrated)) {
      const because = isFirst
        ? 'built first, then tested'
        : `building moves ${formatBytes(download)}, migrating ${formatBytes(migrated)}`;
      return { node, method: 'build', movedBytes: download, because };
    }
    const because =
      download === undefined
        ? `${node} can't fetch the image itself`
        : `migrating moves ${formatBytes(migrated)}, building ${formatBytes(download)}`;
    return { node, method: 'migrate', movedBytes: migrated, because };
  });
}

/** Types whose volumes are sent whole. */
const blockTypes: ReadonlySet<string> = new Set(['lvm', 'lvmthin']);

/** Each copy that is built downloads the image for itself, also to a storage that nodes share. */
function downloadBytes(way: ImportWay, imageBytes: number): number | undefined {
  if (way.way === 'none') return undefined;
  return way.way === 'here' ? 0 : imageBytes;
}

function storageOn(node: BuildNode, storage: string) {
  return node.storages.find((it) => it.storage === storage);
}
