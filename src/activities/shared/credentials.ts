import { isAboutCredentials, ManagerError, type Problem } from '../../domain/errors';
import { nodeVersion, version } from '../../proxmox/api/node';
import type { ProxmoxClient } from '../../proxmox/types';

/**
 * Asks something that every token may ask, on the way of the request that was refused: the same node is contacted,
 * and passes it on to the same owner. Each of them judges the token for itself (its clock, its copy of the tokens).
 * A problem that names no node was about reading the credentials: then any node will do; and so it will where one on
 * the way does not answer. Throws only what is about credentials, or that it was interrupted: any other failure
 * shows when the request is made again.
 */
export async function tryCredentials(
  proxmox: ProxmoxClient,
  refused: Problem,
  signal: AbortSignal,
): Promise<void> {
  const { node, contact } = refused;
  const onTheWay = { signal, ...(contact === undefined ? {} : { via: contact }) };
  const ways = [
    () => (node === undefined ? version(proxmox, onTheWay) : nodeVersion(proxmox, node, onTheWay)),
    () => version(proxmox, { signal }),
  ];
  for (const ask of ways) {
    try {
      await ask();
      return;
    } catch (error) {
      if (!(error instanceof ManagerError)) throw error;
      if (isAboutCredentials(error.problem) || error.code === 'Interrupted') throw error;
    }
  }
}
