import { setTimeout as delay } from 'node:timers/promises';

import type { ClusterNode, ClusterSettings } from '../../config/clusterConfig';
import type { TokenCredentials } from '../../credentials/contract';
import { ManagerError } from '../../domain/errors';
import { version } from '../../proxmox/api/node';
import { createProxmoxClient } from '../../proxmox/client';

/** A node hears of a new token through the cluster file system, within moments: so often it is asked again. */
const tries = 4;
const againAfterMs = 1_000;

/** What the nodes said to a token. */
export interface TokenTrial {
  readonly accepted: readonly string[];
  /** In words, by node. */
  readonly refused: readonly string[];
  /** Nodes that did not answer. */
  readonly silent: readonly string[];
}

/**
 * Tries a token on every node, each over TLS that is verified. `patient` asks a node again that refuses it. Throws
 * what is not about the token: TlsMismatch, and NodeUnreachable where no node answers.
 */
export async function tryToken(
  cluster: ClusterSettings,
  token: TokenCredentials,
  signal: AbortSignal,
  patience: 'patient' | 'once',
): Promise<TokenTrial> {
  const answers = await Promise.all(
    cluster.nodes.map(async (node) => ({
      node: node.name,
      error: await errorOf(cluster, node, token, signal, patience === 'patient' ? tries : 1),
    })),
  );
  const other = answers.find(({ error }) => error !== undefined && !isExpected(error));
  if (other?.error !== undefined) throw other.error;
  const accepted = answers.filter(({ error }) => error === undefined).map(({ node }) => node);
  const refused = answers.filter(({ error }) => error?.code === 'TokenRefused').map(({ node }) => node);
  const silent = answers.filter(({ error }) => error?.code === 'NodeUnreachable');
  if (accepted.length + refused.length === 0 && silent[0]?.error !== undefined) throw silent[0].error;
  return { accepted, refused, silent: silent.map(({ node }) => node) };
}

function isExpected({ code }: ManagerError): boolean {
  return code === 'TokenRefused' || code === 'NodeUnreachable';
}

async function errorOf(
  cluster: ClusterSettings,
  node: ClusterNode,
  token: TokenCredentials,
  signal: AbortSignal,
  leftTries: number,
): Promise<ManagerError | undefined> {
  const credentials = { describe: 'the new token', get: async () => Promise.resolve(token), invalidate };
  const client = createProxmoxClient({ cluster: { ...cluster, nodes: [node] }, credentials });
  try {
    await version(client, { signal });
    return undefined;
  } catch (error) {
    if (!(error instanceof ManagerError)) throw error;
    if (error.code !== 'TokenRefused' || leftTries <= 1) return error;
  } finally {
    await client.close();
  }
  await delay(againAfterMs, undefined, { signal });
  return errorOf(cluster, node, token, signal, leftTries - 1);
}

/** There is no other token to read. */
function invalidate(): void {
  // Nothing is kept.
}
