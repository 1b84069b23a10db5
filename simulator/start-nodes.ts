import type { NodeState } from './cluster/nodes';
import type { ClusterState } from './cluster/state';
import type { CommandGate } from './control/commands';
import type { RequestGate } from './control/gate';
import { allEndpoints } from './endpoints';
import { fingerprintOf, makeCertificates, type ClusterCertificates } from './http/certificates';
import { Dispatcher } from './http/dispatch';
import { NodeServer } from './http/node-server';
import type { Scenario } from './scenario/schema';
import { loadApiSchema } from './schema/load';
import { buildClusterFiles } from './ssh/files/cluster-files';
import type { NodeFiles } from './ssh/files/node-files';
import { keptOrMadeSshKey, type SshKey } from './ssh/host-keys';
import { SshServer } from './ssh/server';

/** Everything that listens for the nodes, by node. */
export interface NodeServers {
  readonly certificates: ClusterCertificates;
  readonly rootSshKey: SshKey;
  readonly api: ReadonlyMap<string, NodeServer>;
  readonly ssh: ReadonlyMap<string, SshServer>;
  readonly files: ReadonlyMap<string, NodeFiles>;
}

/** How the servers are started. */
export interface NodeServerSettings {
  readonly host: string;
  readonly ports: 'free' | number;
  readonly sshPorts: 'free' | number;
  readonly certificateFolder: string | undefined;
  readonly authorizedKeys: readonly string[];
  readonly gates: { readonly requests: RequestGate; readonly commands: CommandGate };
}

/** Starts the HTTPS and the SSH server of every node. */
export async function startNodes(
  cluster: ClusterState,
  scenario: Scenario,
  settings: NodeServerSettings,
): Promise<NodeServers> {
  const { certificateFolder } = settings;
  const certificates = await makeCertificates([...cluster.nodes.keys()], certificateFolder);
  cluster.certificateAuthorityPem = certificates.certificateAuthorityPem;
  const rootSshKey = keptOrMadeSshKey(certificateFolder, 'root_ssh_key', 'root@simulator');
  const dispatcher = new Dispatcher(cluster, allEndpoints, loadApiSchema(cluster.version.major));
  const api = new Map<string, NodeServer>();
  const ssh = new Map<string, SshServer>();
  const files = buildClusterFiles({
    cluster,
    authorizedKeys: [...settings.authorizedKeys, rootSshKey.publicKey, ''].join('\n'),
    hostKeyOf: (name) => ssh.get(name)?.hostKey.publicKey ?? '',
    given: scenario.files,
  });
  for (const [index, node] of [...cluster.nodes.values()].entries()) {
    const certificate = certificates.ofNode.get(node.name);
    const ownFiles = files.get(node.name);
    if (certificate === undefined || ownFiles === undefined)
      throw new Error(`no certificate for ${node.name}`);
    node.certificatePem = certificate.certificatePem;
    node.fingerprintSha256 = fingerprintOf(certificate.certificatePem);
    const common = { cluster, node, host: settings.host, dispatcher };
    const portFrom = (first: 'free' | number): number => (first === 'free' ? 0 : first + index);
    api.set(
      node.name,
      new NodeServer({
        ...common,
        major: cluster.version.major,
        port: portFrom(settings.ports),
        certificate,
        gate: settings.gates.requests,
      }),
    );
    ssh.set(
      node.name,
      new SshServer({
        ...common,
        port: portFrom(settings.sshPorts),
        hostKey: keptOrMadeSshKey(certificateFolder, `ssh_host_${node.name}`, `root@${node.name}`),
        files: ownFiles,
        gate: settings.gates.commands,
      }),
    );
  }
  await listenAll(cluster, api, ssh);
  return { certificates, rootSshKey, api, ssh, files };
}

/** Every port is taken once, also for nodes that are down, so that each node has its address for good. */
async function listenAll(
  cluster: ClusterState,
  api: ReadonlyMap<string, NodeServer>,
  ssh: ReadonlyMap<string, SshServer>,
): Promise<void> {
  await Promise.all([...api.values(), ...ssh.values()].map((server) => server.listen()));
  for (const node of cluster.nodes.values()) {
    if (!answersApi(node)) await api.get(node.name)?.close();
    if (node.power === 'off') await ssh.get(node.name)?.close();
  }
}

function answersApi({ power, pveproxy }: NodeState): boolean {
  return power === 'on' && pveproxy === 'running';
}
