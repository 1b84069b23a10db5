import type { ClusterNode } from '../../../config/clusterConfig';
import { ManagerError, problem, type Problem } from '../../../domain/errors';
import { version } from '../../../proxmox/api/node';
import { lookAtCertificate, type PresentedCertificate } from '../../../proxmox/certificate';
import { createProxmoxClient, type ProxmoxClient } from '../../../proxmox/client';
import type { SshHost } from '../../../ssh/settings/host';
import { defaultNodePatienceMs, type CheckupDependencies } from '../deps';
import { factOf, factWithin, type Fact, type Mask } from './fact';
import type { CheckupFacts, NodeFacts, SshLook } from './facts';
import { maskOfSilence } from './silence';

/** A node as it is seen from here, without the help of another one. */
export interface SeenNode extends Pick<NodeFacts, 'node' | 'certificate' | 'answer' | 'ssh'> {
  /** Asks this node only. */
  readonly client: ProxmoxClient;
}

/** Looks at a node's certificate, then shows it the token, and logs in by SSH meanwhile. Close its client. */
export async function seeNode(
  deps: CheckupDependencies,
  node: ClusterNode,
  token: CheckupFacts['token'],
): Promise<SeenNode> {
  const { config, credentials } = deps;
  const client = createProxmoxClient({ cluster: { ...config.cluster, nodes: [node] }, credentials });
  try {
    const [api, ssh] = await Promise.all([seeApi(deps, node, client, token), trySsh(deps, node)]);
    return { node, client, ssh, ...api };
  } catch (error) {
    await client.close();
    throw error;
  }
}

async function seeApi(
  { config, nodePatienceMs: limitMs = defaultNodePatienceMs, signal }: CheckupDependencies,
  node: ClusterNode,
  client: ProxmoxClient,
  token: CheckupFacts['token'],
): Promise<Pick<NodeFacts, 'certificate' | 'answer'>> {
  const until = signal === undefined ? {} : { signal };
  const certificate = await factOf(lookAtCertificate(config.cluster, node, { timeoutMs: limitMs, ...until }));
  const mask = token.known ? maskOfNode(node, certificate) : noToken;
  const patience = { node: node.name, limitMs, ...until };
  const answer = await factWithin(
    patience,
    mask,
    async (options) => (await version(client, options)).version,
  );
  return { certificate, answer };
}

/** Why a node can't be shown the token. */
function maskOfNode({ name }: ClusterNode, certificate: Fact<PresentedCertificate>): Mask | undefined {
  if (!certificate.known) return maskOfSilence(name);
  if (certificate.value.distrust === undefined) return undefined;
  return { check: 'certificates', fault: `the certificate of ${name} is not trusted` };
}

/** Nothing can be asked without a token. */
export const noToken: Mask = { check: 'credentials', fault: 'there is no API token' };

/** How a node is reached by SSH; what is left open, `~/.ssh/config` says. */
export function sshHostOf({ host, sshPort }: ClusterNode, user: string): SshHost {
  return { host, port: sshPort, user };
}

async function trySsh(deps: CheckupDependencies, node: ClusterNode): Promise<SshLook> {
  const { config, ssh, signal, nodePatienceMs: timeoutMs = defaultNodePatienceMs } = deps;
  const host = sshHostOf(node, config.sshUser);
  const limit = AbortSignal.timeout(timeoutMs);
  const until = signal === undefined ? limit : AbortSignal.any([limit, signal]);
  try {
    const command = { words: ['hostname'] } as const;
    const { stdout } = await ssh.run(host, command, { kind: 'read', timeoutMs, signal: until });
    return { state: 'works', hostName: stdout.text().trim() };
  } catch (error) {
    if (!(error instanceof ManagerError)) throw error;
    const { problem: why } = error;
    if (why.code === 'Interrupted') {
      if (signal?.aborted === true) throw error;
      return { state: 'fails', problem: tooLate(node, timeoutMs) };
    }
    if (why.code === 'HostKeyUnknown')
      return { state: 'hostKey', problem: why, sighting: await ssh.hostKey(host) };
    const isKey = why.code === 'HostKeyChanged' || why.code === 'HostKeyRevoked';
    return { state: isKey ? 'hostKey' : 'fails', problem: why };
  }
}

function tooLate({ name }: ClusterNode, timeoutMs: number): Problem {
  return problem('SshUnreachable', {
    attempted: `log in at ${name} by SSH`,
    failed: `it did not answer within ${timeoutMs / 1000} s`,
  });
}
