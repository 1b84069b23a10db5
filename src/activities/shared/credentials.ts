import type { Problem } from '../../domain/errors';
import { nodeVersion, version } from '../../proxmox/api/node';
import type { ProxmoxClient } from '../../proxmox/types';

/** Problems of the client name what was attempted like this: `POST /nodes/pve01/qemu/101/migrate on pve02`. */
const attemptedForm = /^[A-Z]+ \/(?:nodes\/([^/]+)\/)?.* on (\S+)$/;

/**
 * Asks something that every token may ask, on the way of the request that was refused: the same node is contacted,
 * and passes it on to the same owner. Each of them judges the token for itself (its clock, its copy of the tokens).
 * A problem that names no node was about reading the credentials: then any node will do.
 */
export async function tryCredentials(
  proxmox: ProxmoxClient,
  refused: Problem,
  signal: AbortSignal,
): Promise<void> {
  const [, owner, contact] = attemptedForm.exec(refused.attempted) ?? [];
  const options = { signal, ...(contact === undefined ? {} : { via: contact }) };
  if (owner === undefined) await version(proxmox, options);
  else await nodeVersion(proxmox, owner, options);
}
