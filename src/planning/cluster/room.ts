import { storagePlace, type StorageReservation } from '../../domain/buildLease';
import { formatBytes } from '../../domain/rendering/sizes';
import { reservedByOthers } from '../targets';
import type { ClusterLook } from './facts';

/** What is left on nodes and storages while machines are placed. Only the planner changes it. */
export class Room {
  /** Below the limit of each node, what others have reserved taken off. */
  readonly #memory = new Map<string, number>();
  readonly #totals = new Map<string, number>();
  readonly #limits = new Map<string, number>();
  readonly #storage = new Map<string, number>();

  constructor({ nodes, othersLeases }: Pick<ClusterLook, 'nodes' | 'othersLeases'>, memoryShare: number) {
    for (const node of nodes) {
      const limit = Math.floor(node.memoryTotalBytes * memoryShare);
      const taken = node.memoryTakenBytes + reservedByOthers(node.name, othersLeases);
      this.#memory.set(node.name, limit - taken);
      this.#limits.set(node.name, limit);
      this.#totals.set(node.name, node.memoryTotalBytes);
      for (const { storage, shared, availableBytes, usable } of node.storages) {
        if (usable) this.#storage.set(storagePlace({ node: node.name, storage, shared }), availableBytes);
      }
    }
    for (const lease of othersLeases.storage) this.#change(lease, -1);
  }

  /** What is lacking for a machine on a node, in words; undefined: it fits. */
  lackingFor(node: string, memoryBytes: number, demands: readonly StorageReservation[]): string | undefined {
    const left = this.#memory.get(node) ?? 0;
    if (memoryBytes > 0 && memoryBytes > left) {
      return `${formatBytes(memoryBytes)} of memory needed, ${formatBytes(Math.max(0, left))} left below the limit`;
    }
    const needed = new Map<string, number>();
    for (const demand of demands) {
      const place = storagePlace(demand);
      needed.set(place, (needed.get(place) ?? 0) + demand.bytes);
    }
    for (const [place, bytes] of needed) {
      const free = Math.max(0, this.#storage.get(place) ?? 0);
      if (bytes > free) return `${place} has ${formatBytes(free)} left, ${formatBytes(bytes)} needed`;
    }
    return undefined;
  }

  /** The share of a node's memory that is taken with so much more. */
  shareWith(node: string, memoryBytes: number): number {
    const total = this.#totals.get(node) ?? 0;
    const taken = (this.#limits.get(node) ?? 0) - (this.#memory.get(node) ?? 0);
    return (taken + memoryBytes) / Math.max(1, total);
  }

  /** Takes what a machine needs. */
  take(node: string, memoryBytes: number, demands: readonly StorageReservation[]): void {
    this.#memory.set(node, (this.#memory.get(node) ?? 0) - memoryBytes);
    for (const demand of demands) this.#change(demand, -1);
  }

  /** Gives it back. */
  give(node: string, memoryBytes: number, demands: readonly StorageReservation[]): void {
    this.#memory.set(node, (this.#memory.get(node) ?? 0) + memoryBytes);
    for (const demand of demands) this.#change(demand, 1);
  }

  #change(demand: StorageReservation, sign: 1 | -1): void {
    const place = storagePlace(demand);
    this.#storage.set(place, (this.#storage.get(place) ?? 0) + sign * demand.bytes);
  }
}
