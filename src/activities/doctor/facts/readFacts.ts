import { clusterStatus } from '../../../proxmox/api/cluster';
import { readPrivileges } from '../../inspection/privileges';
import { defaultNodePatienceMs, type CheckupDependencies } from '../deps';
import { factOf, factUnless, factWithin, known, type Mask } from './fact';
import type { CheckupFacts, ClusterFacts } from './facts';
import { readCluster } from './readCluster';
import { readLocked } from './readLocked';
import { readLogin } from './readLogin';
import { readNode } from './readNode';
import { noToken, seeNode, type SeenNode } from './seeNode';
import { silenceOf } from './silence';

/** Reads everything that the checks judge, in parallel where it can be. Throws only when interrupted. */
export async function readFacts(deps: CheckupDependencies): Promise<CheckupFacts> {
  const { config, credentials, signal, now } = deps;
  const stored = await factOf(credentials.get(signal));
  const token = stored.known ? known({ tokenId: stored.value.tokenId, kept: credentials.describe }) : stored;
  const seen = await Promise.all(config.cluster.nodes.map((node) => seeNode(deps, node, token)));
  try {
    const [login, rest] = await Promise.all([readLogin(deps, seen), readThrough(deps, seen, token)]);
    return { config, token, login, nowMs: now().getTime(), ...rest };
  } finally {
    await Promise.all(seen.map(({ client }) => client.close()));
  }
}

type Rest = Omit<CheckupFacts, 'config' | 'token' | 'login' | 'nowMs'>;

async function readThrough(
  deps: CheckupDependencies,
  seen: readonly SeenNode[],
  token: CheckupFacts['token'],
): Promise<Rest> {
  const accepting = seen.filter(({ answer }) => answer.known);
  const mask = maskOfCluster(seen, token);
  const views = await viewsOf(accepting, deps);
  const best = bestOf(views);
  const through = best?.node.client ?? seen[0]?.client;
  if (through === undefined) throw new Error('a cluster has at least one node');
  const privileges = await factUnless(mask, () => readPrivileges(through, deps.signal));
  const [cluster, nodes] = await Promise.all([
    readCluster({ ...deps, client: through, mask, privileges, status: best?.status }),
    Promise.all(
      seen.map((it) => {
        const view = views.find(({ node }) => node === it)?.status;
        return readNode({ ...deps, client: through, mask, privileges }, it, view);
      }),
    ),
  ]);
  const locked = await readLocked({ ...deps, client: through }, cluster.guests, nodes);
  return { ...cluster, nodes, mask, locked };
}

/** Why nobody can be asked about the cluster. */
function maskOfCluster(seen: readonly SeenNode[], token: CheckupFacts['token']): Mask | undefined {
  if (!token.known) return noToken;
  if (seen.some(({ answer }) => answer.known)) return undefined;
  const isRefused = seen.some(
    (it) => !it.answer.known && 'problem' in it.answer && silenceOf(it) === undefined,
  );
  if (isRefused) return { check: 'token', fault: 'no node accepts the token' };
  const isDistrusted = seen.some((node) => silenceOf(node) === undefined);
  return isDistrusted
    ? { check: 'certificates', fault: 'no node that answers is trusted' }
    : { check: 'nodes', fault: 'no node answers' };
}

/** What one node says of the cluster. */
interface View {
  readonly node: SeenNode;
  readonly status: ClusterFacts['status'];
}

function viewsOf(accepting: readonly SeenNode[], deps: CheckupDependencies): Promise<View[]> {
  const { signal, nodePatienceMs: limitMs = defaultNodePatienceMs } = deps;
  const until = signal === undefined ? {} : { signal };
  return Promise.all(
    accepting.map(async (node) => {
      const patience = { node: node.node.name, limitMs, ...until };
      const status = await factWithin(patience, undefined, (options) => clusterStatus(node.client, options));
      return { node, status };
    }),
  );
}

/** A node that is cut off takes the others for dead, and is not believed as long as there is one with quorum. */
function bestOf(views: readonly View[]): View | undefined {
  return (
    views.find(({ status }) => status.known && status.value.quorate) ??
    views.find(({ status }) => status.known) ??
    views[0]
  );
}
