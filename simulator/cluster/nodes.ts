import type { ProxmoxVersion } from './version';

/** A file system's size, in bytes. */
export interface FileSystem {
  totalBytes: number;
  usedBytes: number;
}

/** One node of the cluster. Times are simulated seconds since the epoch. */
export interface NodeState {
  readonly name: string;
  /** corosync's number of it, while it is in a cluster. */
  nodeId: number;
  /** False: in no cluster, alone with a user.cfg and keys of its own. */
  isMember: boolean;
  /** What its tickets are signed with while it is in no cluster. */
  ownTicketKey: string | undefined;
  corosync: 'running' | 'stopped';
  /** When its corosync began to look for the others. */
  corosyncSince: number;
  /** From when on the others can verify its certificate: a node that has just joined still presents its old one. */
  certificateKnownAt: number;
  readonly ip: string;
  /** Address of vmbr0. */
  readonly bridgeIp: string;
  readonly cpus: number;
  readonly cpuModel: string;
  readonly memoryBytes: number;
  /** Memory that the node itself uses, without guests. */
  readonly baseMemoryUsedBytes: number;
  readonly rootFileSystem: FileSystem;
  /** Parts of its version where it runs another one than the cluster. */
  exactVersion: Partial<ProxmoxVersion>;
  /** How far its clock is ahead, in seconds. */
  clockOffsetSeconds: number;
  /** Bridges of its network configuration. */
  readonly bridges: string[];
  /** Programs that its tasks look for in vain, e.g. `sendmail`. */
  readonly missingPrograms: readonly string[];
  /** `off`: crashed, shut down or without power; nothing on it runs. */
  power: 'on' | 'off';
  bootedAt: number;
  /** Since when the other nodes can't reach it (crash or cut link); undefined when they can. */
  unreachableSince: number | undefined;
  /** Since when the other nodes can reach it (again). */
  reachableSince: number;
  /** True while its network link to the other nodes is cut; the node itself runs on. */
  linkCut: boolean;
  pveproxy: 'running' | 'stopped';
  pvedaemon: 'running' | 'stopped';
  sshd: 'running' | 'stopped';
  /** SHA-256 of its certificate, `AA:BB:...`; set when its server starts. */
  fingerprintSha256: string;
  /** Its own certificate, without the authority's; set with the fingerprint. */
  certificatePem: string;
  /** When pvestatd last broadcast, undefined before its first time after boot. */
  lastBroadcastAt: number | undefined;
}

/** How long corosync takes to notice a lost member (8.4: 7.8 s, 9.2: 9.2 s; recordings e1). */
const membershipLossSeconds = 8;

/** How long until a returned member counts again (8.4: 5.2 s; recordings e1). */
export const membershipReturnSeconds = 5;

/** True if packets between the two nodes arrive. */
export function nodesConnected(one: NodeState, other: NodeState): boolean {
  if (one === other) return one.power === 'on';
  return one.unreachableSince === undefined && other.unreachableSince === undefined;
}

/** True if `viewer`'s corosync counts `other` as a member at the time `now`. */
export function isMember(viewer: NodeState, other: NodeState, now: number): boolean {
  if (viewer === other) return true;
  return seenByOthers(viewer, now) && seenByOthers(other, now);
}

function seenByOthers(node: NodeState, now: number): boolean {
  if (node.unreachableSince !== undefined) return now - node.unreachableSince < membershipLossSeconds;
  return now - node.reachableSince >= membershipReturnSeconds;
}
