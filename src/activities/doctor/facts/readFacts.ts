import { clusterStatus } from '../../../proxmox/api/cluster';
import type { ProxmoxClient } from '../../../proxmox/client';
import { readPrivileges } from '../../inspection/privileges';
import type { CheckupDependencies } from '../deps';
import { factOf, factUnless, known, type Fact, type Mask } from './fact';
import type { CheckupFacts, ClusterFacts } from './facts';
import { readCluster } from './readCluster';
import { readLocked } from './readLocked';
import { readNode } from './readNode';
import { noToken, seeNode, type SeenNode } from './seeNode';

/** Reads everything that the checks judge, in parallel where it can be. Throws only when interrupted. */
export async function readFacts(deps: CheckupDependencies): Promise<CheckupFacts> {
  const { config, credentials, signal, now } = deps;
  const stored = await factOf(credentials.get(signal));
  const token = stored.known ? known({ tokenId: stored.value.tokenId, kept: credentials.describe }) : stored;
  const seen = await Promise.all(config.cluster.nodes.map((node) => seeNode(deps, node, token)));
  try {
    return { config, token, nowMs: now().getTime(), ...(await readThrough(deps, seen, token)) };
  } finally {
    await Promise.all(seen.map(({ client }) => client.close()));
  }
}

type Rest = Omit<CheckupFacts, 'config' | 'token' | 'nowMs'>;

async function readThrough(
  deps: CheckupDependencies,
  seen: readonly SeenNode[],
  token: CheckupFacts['token'],
): Promise<Rest> {
  const accepting = seen.filter(({ answer }) => answer.known);
  const mask = maskOfCluster(seen, token);
  const { client, status } = await bestView(accepting, deps);
  const through = client ?? seen[0]?.client;
  if (through === undefined) throw new Error('a cluster has at least one node');
  const privileges = await factUnless(mask, () => readPrivileges(through, deps.signal));
  const [cluster, nodes] = await Promise.all([
    readCluster({ ...deps, client: through, mask, privileges, status }),
    Promise.all(seen.map((node) => readNode({ ...deps, client: through, mask, privileges }, node))),
  ]);
  const locked = await readLocked({ ...deps, client: through }, cluster.guests, nodes);
  return { ...cluster, nodes, mask, locked };
}

/** Why nobody can be asked about the cluster. */
function maskOfCluster(seen: readonly SeenNode[], token: CheckupFacts['token']): Mask | undefined {
  if (!token.known) return noToken;
  if (seen.some(({ answer }) => answer.known)) return undefined;
  const isRefused = seen.some(({ answer }) => !answer.known && 'problem' in answer);
  if (isRefused) return { check: 'token', fault: 'no node accepts the token' };
  const isDistrusted = seen.some(({ certificate }) => certificate.known);
  return isDistrusted
    ? { check: 'certificates', fault: 'no node that answers is trusted' }
    : { check: 'nodes', fault: 'no node answers' };
}

interface View {
  readonly client?: ProxmoxClient;
  readonly status?: ClusterFacts['status'];
}

/** Every node is asked who belongs to the cluster: one that is cut off takes the others for dead, and is not believed. */
async function bestView(accepting: readonly SeenNode[], { signal }: CheckupDependencies): Promise<View> {
  const options = signal === undefined ? {} : { signal };
  const views = await Promise.all(
    accepting.map(async ({ client }) => ({ client, status: await factOf(clusterStatus(client, options)) })),
  );
  const isQuorate = (status: Fact<{ readonly quorate: boolean }>) => status.known && status.value.quorate;
  return (
    views.find(({ status }) => isQuorate(status)) ??
    views.find(({ status }) => status.known) ??
    views[0] ??
    {}
  );
}
