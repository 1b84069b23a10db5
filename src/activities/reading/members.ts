import { closest } from 'fastest-levenshtein';
import { ManagerError, problem } from '../../domain/errors';
import { clusterStatus, type ClusterStatus } from '../../proxmox/api/cluster';
import type { CallOptions } from '../../proxmox/types';
import type { ReadingDependencies } from './deps';

/** Who belongs to the cluster, and through whom the rest of a reading is best asked. */
export interface Members {
  readonly status: ClusterStatus;
  /** For calls that any node can answer. */
  readonly options: CallOptions;
}

/**
 * Reads the members. A node without quorum may be cut off and take everybody else for dead: then every configured
 * node is asked, and one with quorum is believed, if there is one.
 */
export async function readMembers({ client, nodes, signal }: ReadingDependencies): Promise<Members> {
  const options: CallOptions = signal === undefined ? {} : { signal };
  const status = await clusterStatus(client, options);
  if (status.quorate) return { status, options };
  const others = await Promise.allSettled(
    nodes.map(async (via) => {
      const its = { ...options, via };
      return { status: await clusterStatus(client, its), options: its };
    }),
  );
  const quorate = others.find((it) => it.status === 'fulfilled' && it.value.status.quorate);
  return quorate?.status === 'fulfilled' ? quorate.value : { status, options };
}

/** The members that are wanted: all, or those named. Throws InputInvalid, with the nearest name, for an unknown one. */
export function wantedMembers(
  { status }: Members,
  wanted: readonly string[],
  cluster: string,
): ClusterStatus['nodes'] {
  const names = status.nodes.map((node) => node.name).sort();
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ManagerError(
      problem('InputInvalid', {
        attempted: `look at ${unknown} in cluster ${cluster}`,
        failed: `the cluster has no node '${unknown}'`,
        remedy: `Did you mean ${closest(unknown, names)}? The nodes are: ${names.join(', ')}.`,
      }),
    );
  }
  return status.nodes
    .filter(({ name }) => wanted.length === 0 || wanted.includes(name))
    .toSorted((one, other) => one.name.localeCompare(other.name));
}
