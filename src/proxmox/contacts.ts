/** Which nodes to ask, in which order. */
export interface Contacts<T> {
  /**
   * All configured nodes, best first: the one named by `via`, the owner, then the others in the order of the
   * configuration; nodes that could not be reached lately come last. The owner may be missing from the list.
   */
  order(owner: string | undefined, via: string | undefined): readonly T[];
  /** The node could not be reached. */
  failed(name: string): void;
  /** The node answered. */
  worked(name: string): void;
}

/** Remembers which nodes could not be reached in the last `avoidMs`. */
export function createContacts<T extends { readonly name: string }>(
  nodes: readonly T[],
  avoidMs: number,
): Contacts<T> {
  const failedAtMs = new Map<string, number>();

  function isAvoided(name: string): boolean {
    const at = failedAtMs.get(name);
    return at !== undefined && performance.now() - at < avoidMs;
  }

  return {
    order(owner, via) {
      const rank = ({ name }: T) => (isAvoided(name) ? 4 : 0) + (name === via ? 0 : name === owner ? 1 : 2);
      return nodes.toSorted((left, right) => rank(left) - rank(right));
    },
    failed(name) {
      failedAtMs.set(name, performance.now());
    },
    worked(name) {
      failedAtMs.delete(name);
    },
  };
}
