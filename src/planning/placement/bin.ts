import type { NodeView } from '../facts';
import { groupsOf } from '../likeness';
import type { Load } from './load';

/** A target that is being filled. Only the planner changes it; it keeps its sums up to date. */
export class Bin {
  readonly node: NodeView;
  /** What may be taken after all moves. */
  readonly limitBytes: number;
  /** Taken before this plan: by running guests, and reserved for other operations. */
  readonly takenBytes: number;
  readonly loads = new Set<Load>();
  #plannedBytes = 0;
  /** Memory that all guests would take if the stopped ones ran too: spreads the stopped ones. */
  #potentialBytes: number;
  readonly #freeStorageBytes = new Map<string, number>();
  readonly #groups = new Map<string, number>();

  constructor(node: NodeView, reservedBytes: number, targetMemoryShare: number) {
    this.node = node;
    this.limitBytes = Math.floor(node.memoryTotalBytes * targetMemoryShare);
    this.takenBytes = node.memoryTakenBytes + reservedBytes;
    this.#potentialBytes = this.takenBytes;
    for (const storage of node.storages) this.#freeStorageBytes.set(storage.storage, storage.availableBytes);
    for (const guest of node.guests) {
      if (!guest.running && !guest.template) this.#potentialBytes += guest.memoryBytes;
      for (const group of groupsOf(guest)) this.#count(group, 1);
    }
  }

  /** The share of its memory that is taken, with so many bytes more. */
  shareWith(moreBytes: number): number {
    return (this.takenBytes + this.#plannedBytes + moreBytes) / Math.max(1, this.node.memoryTotalBytes);
  }

  /** The share if every guest ran, with this load. */
  potentialWith(load: Load): number {
    return (this.#potentialBytes + load.guest.memoryBytes) / Math.max(1, this.node.memoryTotalBytes);
  }

  /** How many guests of a group are here. */
  countOf(group: string): number {
    return this.#groups.get(group) ?? 0;
  }

  /** How many like guests are here, counted once for each group they share. */
  likenessTo(load: Load): number {
    return load.groups.reduce((sum, group) => sum + (this.#groups.get(group) ?? 0), 0);
  }

  /** What the load lacks here (`memory`, or a storage), if another load left at the same time; undefined if it fits. */
  shortOf(load: Load, leaving?: Load): string | undefined {
    const memoryBytes = this.takenBytes + this.#plannedBytes - (leaving?.memoryBytes ?? 0) + load.memoryBytes;
    if (load.memoryBytes > 0 && memoryBytes > this.limitBytes) return 'memory';
    for (const [storage, bytes] of load.storageBytes) {
      const freeBytes =
        (this.#freeStorageBytes.get(storage) ?? 0) + (leaving?.storageBytes.get(storage) ?? 0);
      if (bytes > freeBytes) return storage;
    }
    return undefined;
  }

  /** Whether the load has room here, if another load left at the same time. */
  fits(load: Load, leaving?: Load): boolean {
    return this.shortOf(load, leaving) === undefined;
  }

  /** Memory that is left below the limit. */
  get roomBytes(): number {
    return Math.max(0, this.limitBytes - this.takenBytes - this.#plannedBytes);
  }

  /** Room that is left on a storage. */
  storageRoomBytes(storage: string): number {
    return this.#freeStorageBytes.get(storage) ?? 0;
  }

  add(load: Load): void {
    this.loads.add(load);
    this.#change(load, 1);
  }

  remove(load: Load): void {
    this.loads.delete(load);
    this.#change(load, -1);
  }

  #change(load: Load, sign: 1 | -1): void {
    this.#plannedBytes += sign * load.memoryBytes;
    this.#potentialBytes += sign * load.guest.memoryBytes;
    for (const [storage, bytes] of load.storageBytes) {
      this.#freeStorageBytes.set(storage, (this.#freeStorageBytes.get(storage) ?? 0) - sign * bytes);
    }
    for (const group of load.groups) this.#count(group, sign);
  }

  #count(group: string, change: number): void {
    this.#groups.set(group, (this.#groups.get(group) ?? 0) + change);
  }
}
