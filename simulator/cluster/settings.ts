/** The network between the nodes; rates in bytes per second. */
export interface NetworkSettings {
  /** What each node's link carries in each direction. */
  readonly linkBytesPerSecond: number;
  /** By node, where it differs from `linkBytesPerSecond`. */
  readonly linkOfNode: ReadonlyMap<string, number>;
  /** The most a single migration stream carries (one CPU's TLS, one TCP stream). */
  readonly streamBytesPerSecond: number;
  /** The most a single disk copy reads or writes. */
  readonly diskBytesPerSecond: number;
  /** The most that all clones on one storage of a node, or on a shared one, carry together; undefined: no limit. */
  readonly storageBytesPerSecond: number | undefined;
}

/** How long things take, in simulated seconds. */
export interface Timings {
  /** Start of a migration until its copy begins (starting QEMU on the target, tunnel). */
  readonly migrationSetupSeconds: number;
  /** End of the copy until the task ends. */
  readonly migrationTeardownSeconds: number;
  /** Start of a virtual machine. */
  readonly startSeconds: number;
  /** From power on until all in a guest of an image runs. */
  readonly bootSeconds: number;
  /** Making one disk a base image. */
  readonly templateDiskSeconds: number;
  /** Stop by force. */
  readonly stopSeconds: number;
  /** The delay of a 401 answer. */
  readonly authenticationFailureSeconds: number;
  /** Between two broadcasts of a node's figures. */
  readonly broadcastSeconds: number;
  /** From the start of the simulator to the first broadcast. */
  readonly firstBroadcastSeconds: number;
  /** Until an unreachable node's figures are forgotten. */
  readonly broadcastExpirySeconds: number;
}
