import { guestLock, guestName, guestProcess, type GuestState, type Placement } from '../cluster/guests';
import { guestFigures } from '../cluster/figures';
import type { ClusterState } from '../cluster/state';

/** What is really so about a guest, whatever the API says. */
export interface GuestTruth {
  readonly vmid: number;
  readonly name: string;
  readonly type: 'qemu' | 'lxc';
  /** The node that holds its configuration. */
  readonly node: string;
  readonly status: string;
  readonly lock: string | undefined;
  /** Nodes on which it executes now: never more than one, or something is badly wrong. */
  readonly executesOn: readonly string[];
  /** Nodes on which it has any process, incoming ones too. */
  readonly processesOn: readonly string[];
  /** Where it executed when. */
  readonly placements: readonly Placement[];
  /** True if it ever executed on two nodes at the same time. */
  readonly wasInTwoPlaces: boolean;
  readonly migrationsStarted: number;
  readonly config: Readonly<Record<string, string>>;
  readonly volumes: readonly {
    readonly volid: string;
    readonly node: string | undefined;
    readonly sizeBytes: number;
  }[];
}

/** The truth about one guest. */
export function truthAbout(cluster: ClusterState, guest: GuestState): GuestTruth {
  const processes = [...guest.processes.values()];
  return {
    vmid: guest.vmid,
    name: guestName(guest),
    type: guest.type,
    node: guest.node,
    status: guestProcess(guest) === undefined ? 'stopped' : guestFigures(cluster, guest).status,
    lock: guestLock(guest),
    executesOn: processes.filter(({ qemuStatus }) => qemuStatus === 'running').map(({ node }) => node),
    processesOn: processes.map(({ node }) => node),
    placements: guest.placements.map((placement) => ({ ...placement })),
    wasInTwoPlaces: overlaps(guest.placements),
    migrationsStarted: guest.migrationsStarted,
    config: Object.fromEntries(guest.config),
    volumes: cluster.volumes
      .all()
      .filter(({ vmid }) => vmid === guest.vmid)
      .map(({ volid, node, sizeBytes }) => ({ volid, node, sizeBytes })),
  };
}

function overlaps(placements: readonly Placement[]): boolean {
  return placements.some((one, index) =>
    placements.slice(index + 1).some((other) => {
      if (one.node === other.node) return false;
      return one.from < (other.until ?? Infinity) && other.from < (one.until ?? Infinity);
    }),
  );
}
