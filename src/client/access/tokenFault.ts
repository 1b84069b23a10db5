import { canBootstrap, isYetToBeMade } from '../../activities/access/bootstrapHelps';
import type { ClusterConfig } from '../../config/clusterConfig';
import { createCredentialProvider } from '../../credentials/provider';
import { createCredentialStore, type CredentialStore } from '../../credentials/store';
import { ManagerError, type Problem } from '../../domain/errors';
import { version } from '../../proxmox/api/node';
import { createProxmoxClient } from '../../proxmox/client';

/** Proxmox answers a refused token only after 3 s; a hint is not worth a much longer wait. */
const limitMs = 8_000;

/**
 * What is wrong with the API token that `pxm bootstrap` mends: there is none, or the first node that answers refuses
 * it. Undefined: nothing of the kind is known here (it may be elsewhere, locked, or no node answers). Never rejects,
 * asks nobody at a terminal, and takes 8 s at most.
 */
export async function tokenFault(config: ClusterConfig): Promise<Problem | undefined> {
  if (!canBootstrap(config.credentials)) return undefined;
  const credentials = createCredentialStore(createCredentialProvider(config.credentials));
  const signal = AbortSignal.timeout(limitMs);
  try {
    await credentials.get(signal);
    await askOneNode(config, credentials, signal);
    return undefined;
  } catch (error) {
    if (!(error instanceof ManagerError)) return undefined;
    const isMendable = error.code === 'TokenRefused' || isYetToBeMade(error.problem, config.credentials);
    return isMendable ? error.problem : undefined;
  }
}

async function askOneNode(
  { cluster }: ClusterConfig,
  credentials: CredentialStore,
  signal: AbortSignal,
): Promise<void> {
  const client = createProxmoxClient({ cluster, credentials });
  try {
    await version(client, { signal });
  } finally {
    await client.close();
  }
}
