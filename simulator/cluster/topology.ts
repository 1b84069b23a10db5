/** Tells whoever copies over the network that nodes or links went or came back. */
export class TopologyEvents {
  private readonly listeners = new Set<() => void>();

  /** Returns how to stop listening. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** To be called after `power`, `linkCut` or `unreachableSince` of a node has changed. */
  changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
