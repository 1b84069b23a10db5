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
 * node is asked, and one with quorum is believed, if there is one. So too where the first one's certificate is not
 * trusted: nothing is sent to that node, and {@link askNodes} names it.
 */
export async function readMembers(deps: ReadingDependencies): Promise<Members> {
  const options: CallOptions = deps.signal === undefined ? {} : { signal: deps.signal };
  const first = await lookThrough(deps, options);
  if ('status' in first && first.status.quorate) return first;
  const others = await Promise.all(deps.nodes.map((via) => lookThrough(deps, { ...options, via })));
  const known = [first, ...others].filter((it) => 'status' in it);
  const best = known.find(({ status }) => status.quorate) ?? known[0];
  if (best !== undefined) return best;
  throw 'error' in first ? first.error : new Error('there is no first look');
}

/** What one node says, or why it may not be asked. Throws what speaks against every node. */
async function lookThrough(
  { client }: ReadingDependencies,
  options: CallOptions,
): Promise<Members | { readonly error: ManagerError }> {
  try {
    return { status: await clusterStatus(client, options), options };
  } catch (error) {
    if (error instanceof ManagerError && (error.code === 'TlsMismatch' || options.via !== undefined))
      return { error };
    throw error;
  }
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
