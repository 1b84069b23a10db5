import type { ClusterPlanningSettings } from './planInput';

/** A linked clone, and the least that any clone or offline move takes (reference: clone model, 1-2 s). */
const leastSeconds = 1.5;
/** What one storage copies on its node: a disk of the slower kind. Nothing tells the real figure before. */
const assumedDiskBytesPerSecond = 500_000_000;
/** 1 Gbit/s: the slowest link that is usual. */
const assumedLinkBytesPerSecond = 125_000_000;

/** How fast machines are made. */
export interface CloneModel {
  /** A linked clone: it only takes the storage's lock; also the least of a full clone and of a move. */
  readonly leastSeconds: number;
  /** Shared by all full clones that are written to one storage of a node. */
  readonly diskBytesPerSecond: number;
  /** Of each node's link, in each direction, shared by all moves. */
  readonly linkBytesPerSecond: number;
  /** What one move reaches at best. */
  readonly streamBytesPerSecond: number;
  /** The link's speed is not configured. */
  readonly isLinkAssumed: boolean;
}

/** Other times of the estimate, in seconds; docs/clusters.md says where they are from. */
export const modelSeconds = {
  /** Settings, growing the disk, further disks. */
  configuration: 2,
  /** From the start to ready. */
  boot: 30,
  /** An orderly shutdown. */
  shutdown: 30,
  /** A deletion, or a rename with its tag. */
  removal: 2,
  /** A marker is written. */
  adoption: 1,
} as const;

/** How fast machines are expected to be made. */
export function cloneModel(settings: ClusterPlanningSettings): CloneModel {
  const link = settings.networkSpeedBytesPerSecond ?? assumedLinkBytesPerSecond;
  const caps = [settings.streamCapBytesPerSecond, settings.bandwidthLimitBytesPerSecond];
  return {
    leastSeconds,
    diskBytesPerSecond: assumedDiskBytesPerSecond,
    linkBytesPerSecond: link,
    streamBytesPerSecond: Math.min(link, ...caps.map((cap) => cap ?? Infinity)),
    isLinkAssumed: settings.networkSpeedBytesPerSecond === undefined,
  };
}
