import { splitList } from '../http/parameters';

/** Which storage of the target takes a volume of a storage of the source. */
export interface StorageMap {
  /** Storages that the request names as targets. */
  readonly named: readonly string[];
  /** True if nothing is moved to another storage: no `targetstorage`, or `1`. */
  readonly identity: boolean;
  storageFor(source: string): string;
}

/** Nothing moves to another storage. */
export const sameStorages: StorageMap = { named: [], identity: true, storageFor: (source) => source };

/** Reads `targetstorage`: `1`, one storage for all, or `a:b,c:d` (behaviour.md 5.17). Undefined if it is none. */
export function parseStorageMap(text: string): StorageMap | undefined {
  if (text === '1') return sameStorages;
  const entries = splitList(text).map((entry) => entry.split(':'));
  const defaults = entries.filter((entry) => entry.length === 1);
  if (entries.length === 0 || defaults.length > 1 || entries.some((entry) => entry.length > 2))
    return undefined;
  const pairs = new Map(
    entries.filter((entry) => entry.length === 2).map(([from = '', to = '']) => [from, to]),
  );
  const otherwise = defaults[0]?.[0];
  return {
    named: [...pairs.values(), ...(otherwise === undefined ? [] : [otherwise])],
    identity: false,
    storageFor: (source) => pairs.get(source) ?? otherwise ?? source,
  };
}
