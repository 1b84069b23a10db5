import { SimulatedClock } from './clock';
import { sendFigures, sendTasks } from './cluster/pvestatd';
import type { ClusterState } from './cluster/state';
import { logTask } from './cluster/task-log';
import { SimulatorControl } from './control/control';
import { CommandGate } from './control/commands';
import { RequestGate } from './control/gate';
import type { NodeState } from './cluster/nodes';
import { imagesForUsers, storagesForUsers, type SimulatedImage, type SimulatedStorage } from './for-users';
import type { SshKey } from './ssh/host-keys';
import { startNodes, type NodeServers } from './start-nodes';
import { buildCluster } from './scenario/build-cluster';
import { loadScenario, parseScenario } from './scenario/load';
import type { ScenarioInput } from './scenario/schema';

export { SimulatorControl } from './control/control';
export type { GuestTruth } from './control/truth';
export type { RequestRecord } from './control/requests';
export type { Hold } from './control/gate';
export type { RequestMatcher } from './control/matcher';
export type { SshKey } from './ssh/host-keys';
export type { ScenarioInput } from './scenario/schema';

/** How a simulator is started. */
export interface SimulatorOptions {
  /** The scenario itself, or the path of a YAML file, or the name of a shipped one (`three-nodes`). */
  readonly scenario: ScenarioInput | { readonly file: string };
  /** Simulated seconds per real second; 1 by default. 0: its clock stands still, and only its `step` moves it. */
  readonly speed?: number;
  readonly host?: '127.0.0.1';
  /** `free` (default), or the first node's port: the others follow. */
  readonly ports?: 'free' | number;
  /** The same of the SSH servers. */
  readonly sshPorts?: 'free' | number;
  /** Public keys that root may log in with by SSH, in the form of authorized_keys. */
  readonly authorizedKeys?: readonly string[];
  /** Where the CA, the certificates and the host keys are kept between starts; nowhere by default. */
  readonly certificateFolder?: string;
}

/** One node's API. */
export interface SimulatedNode {
  readonly name: string;
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** `AA:BB:...` */
  readonly fingerprintSha256: string;
  readonly ssh: SimulatedSsh;
}

/** One node's SSH server, as it is at the start. */
export interface SimulatedSsh {
  readonly host: string;
  readonly port: number;
  /** `ssh-ed25519 AAAA...`: what stands after the host's name in known_hosts. */
  readonly hostKey: string;
  /** `SHA256:...` */
  readonly fingerprintSha256: string;
}

/** How fast migrations are, in seconds of the real clock at the speed that the simulator was started with. */
export interface SimulatedNetwork {
  /** Of the slowest node's link. */
  readonly linkBytesPerSecond: number;
  readonly streamBytesPerSecond: number;
  /** From the start of a migration to its copy. */
  readonly setupSeconds: number;
}

/** A running simulator. */
export interface Simulator {
  readonly nodes: readonly SimulatedNode[];
  readonly certificateAuthorityPem: string;
  /** A key that root may log in with on every node, besides those that were given. */
  readonly rootSshKey: SshKey;
  readonly control: SimulatorControl;
  readonly network: SimulatedNetwork;
  readonly storages: readonly SimulatedStorage[];
  readonly images: readonly SimulatedImage[];
  /** The scenario's first API token: `<user>@<realm>!<token>` and its secret. */
  readonly token: { readonly id: string; readonly secret: string } | undefined;
  close(): Promise<void>;
}

/** Starts a Proxmox cluster of simulated nodes, one HTTPS server each. Throws ScenarioError for a bad scenario. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { scenario: given, speed = 1, host = '127.0.0.1', ports = 'free', certificateFolder } = options;
  const scenario = isFile(given) ? loadScenario(given.file) : parseScenario(given);
  const clock = new SimulatedClock({
    speed,
    ...(scenario.time === undefined ? {} : { startEpochSeconds: scenario.time }),
  });
  const cluster = buildCluster(scenario, clock);
  const gates = { requests: new RequestGate(clock), commands: new CommandGate(clock) };
  const servers = await startNodes(cluster, scenario, {
    host,
    ports,
    sshPorts: options.sshPorts ?? 'free',
    certificateFolder,
    authorizedKeys: options.authorizedKeys ?? [],
    gates,
  });
  startBroadcasts(cluster);
  return {
    nodes: [...cluster.nodes.values()].map((node) => describeNode(node, host, servers)),
    certificateAuthorityPem: servers.certificates.certificateAuthorityPem,
    rootSshKey: servers.rootSshKey,
    control: new SimulatorControl(cluster, gates, servers),
    network: networkAt(speed, cluster),
    storages: storagesForUsers(cluster),
    images: imagesForUsers(cluster),
    token: firstToken(cluster),
    close: async () => {
      clock.close();
      await Promise.all([...servers.api.values(), ...servers.ssh.values()].map((server) => server.close()));
    },
  };
}

function isFile(scenario: SimulatorOptions['scenario']): scenario is { readonly file: string } {
  return 'file' in scenario;
}

function describeNode(
  { name, fingerprintSha256 }: NodeState,
  host: string,
  servers: NodeServers,
): SimulatedNode {
  const port = servers.api.get(name)?.port ?? 0;
  const ssh = servers.ssh.get(name);
  const { publicKey = '', fingerprintSha256: keyFingerprint = '' } = ssh?.hostKey ?? {};
  return {
    name,
    url: `https://${host}:${port}`,
    host,
    port,
    fingerprintSha256,
    ssh: { host, port: ssh?.port ?? 0, hostKey: publicKey, fingerprintSha256: keyFingerprint },
  };
}

function networkAt(speed: number, { network, timings, nodes }: ClusterState): SimulatedNetwork {
  const links = [...nodes.keys()].map((node) => network.linkOfNode.get(node) ?? network.linkBytesPerSecond);
  return {
    linkBytesPerSecond: Math.min(...links) * speed,
    streamBytesPerSecond: network.streamBytesPerSecond * speed,
    setupSeconds: timings.migrationSetupSeconds / speed,
  };
}

function startBroadcasts(cluster: ClusterState): void {
  const { broadcastSeconds, firstBroadcastSeconds } = cluster.timings;
  const round = (): void => {
    for (const node of cluster.nodes.values()) sendFigures(cluster, node);
  };
  if (firstBroadcastSeconds === 0) round();
  else cluster.clock.after(firstBroadcastSeconds, round);
  cluster.clock.every(broadcastSeconds, round);
  cluster.tasks.onChange((task) => {
    const node = cluster.nodes.get(task.parts.node);
    logTask(cluster, task);
    if (task.running && node !== undefined && node.unreachableSince === undefined) {
      sendTasks(cluster, node);
    }
  });
}

function firstToken(cluster: ClusterState): Simulator['token'] {
  for (const user of cluster.access.users.values()) {
    for (const token of user.tokens.values()) return { id: `${user.id}!${token.id}`, secret: token.secret };
  }
  return undefined;
}
