import type { PrivilegeContext } from '../access/evaluate';
import type { AccessState } from '../access/state';
import type { SimulatedClock } from '../clock';
import type { ClusterNetwork } from '../network/live';
import type { SeededRandom } from '../random';
import type { FileLocks } from '../tasks/locks';
import type { TaskRegistry } from '../tasks/registry';
import type { FileFacts } from '../web/file-facts';
import type { UrlFacts } from '../web/url-facts';
import type { BootOrders } from './boot';
import type { Broadcasts } from './broadcasts';
import type { GuestState } from './guests';
import type { HaState } from './ha-state';
import type { NodeState } from './nodes';
import type { NetworkSettings, Timings } from './settings';
import type { StorageState } from './storages';
import type { TopologyEvents } from './topology';
import type { ProxmoxVersion } from './version';
import type { VolumeStore } from './volumes';

/** Everything there is to know about the simulated cluster. Handlers and workers change it in place. */
export interface ClusterState {
  /** The cluster's name; undefined for a single node that is in no cluster. */
  name: string | undefined;
  readonly version: ProxmoxVersion;
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  readonly nodes: Map<string, NodeState>;
  readonly storages: Map<string, StorageState>;
  /** Virtual machines and containers by vmid. */
  readonly guests: Map<number, GuestState>;
  readonly volumes: VolumeStore;
  readonly access: AccessState;
  /** datacenter.cfg, verbatim. */
  readonly options: Map<string, string>;
  readonly pools: Map<
    string,
    { readonly id: string; comment: string | undefined; readonly storages: Set<string> }
  >;
  readonly ha: HaState;
  /** Resource mappings: `<pci|usb|dir>/<id>` to their keys. */
  readonly mappings: Map<string, ReadonlyMap<string, string>>;
  readonly network: NetworkSettings;
  /** What is being carried between the nodes. */
  readonly transfers: ClusterNetwork;
  /** Clones that share what their storages carry; undefined: each has its own speed. */
  readonly copies: ClusterNetwork | undefined;
  readonly timings: Timings;
  readonly tasks: TaskRegistry;
  readonly locks: FileLocks;
  readonly broadcasts: Broadcasts;
  readonly topology: TopologyEvents;
  /** What was said about URLs; all others are really fetched. */
  readonly web: Map<string, UrlFacts>;
  /** What was ordered about boots of guests. */
  readonly boots: BootOrders;
  /** Files that clients sent, by the temporary name that the server gave them. */
  readonly uploads: Map<string, FileFacts>;
  /** /cluster/log, oldest first. */
  readonly log: ClusterLogEntry[];
  /** The certificate authority that signs the nodes' certificates, in PEM; set when the servers start. */
  certificateAuthorityPem: string;
  /** True while a fault says that no node has quorum. */
  quorumTakenAway: boolean;
}

/** A line of /cluster/log. */
export interface ClusterLogEntry {
  readonly node: string;
  /** Counts the node's entries. */
  readonly uid: number;
  readonly time: number;
  readonly user: string;
  readonly tag: string;
  readonly priority: number;
  readonly pid: number;
  readonly message: string;
}

/** The guest with this id on this node (its configuration is there), of the given type. */
export function guestOnNode(
  cluster: ClusterState,
  node: string,
  vmid: number,
  type: GuestState['type'],
): GuestState | undefined {
  const guest = cluster.guests.get(vmid);
  return guest?.node === node && guest.type === type ? guest : undefined;
}

/** The guests whose configuration is on the node. */
export function guestsOfNode(cluster: ClusterState, node: string): GuestState[] {
  return [...cluster.guests.values()].filter((guest) => guest.node === node);
}

/** What privileges are evaluated against in this cluster. */
export function privilegeContext(cluster: ClusterState): PrivilegeContext {
  return {
    access: cluster.access,
    major: cluster.version.major,
    poolOf(path) {
      const [, kind, id = ''] = path.split('/');
      if (kind === 'vms') return cluster.guests.get(Number(id))?.pool;
      if (kind !== 'storage') return undefined;
      return [...cluster.pools.values()].find((pool) => pool.storages.has(id))?.id;
    },
  };
}
