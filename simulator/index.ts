import { SimulatedClock } from './clock';
import { sendFigures, sendTasks } from './cluster/pvestatd';
import type { ClusterState } from './cluster/state';
import { logTask } from './cluster/task-log';
import { SimulatorControl } from './control/control';
import { RequestGate } from './control/gate';
import { allEndpoints } from './endpoints';
import { fingerprintOf, makeCertificates } from './http/certificates';
import { Dispatcher } from './http/dispatch';
import { NodeServer } from './http/node-server';
import { buildCluster } from './scenario/build-cluster';
import { loadScenario, parseScenario } from './scenario/load';
import type { ScenarioInput } from './scenario/schema';
import { loadApiSchema } from './schema/load';

export { SimulatorControl } from './control/control';
export type { GuestTruth } from './control/truth';
export type { RequestRecord } from './control/requests';
export type { Hold } from './control/gate';
export type { RequestMatcher } from './control/matcher';
export type { ScenarioInput } from './scenario/schema';

/** How a simulator is started. */
export interface SimulatorOptions {
  /** The scenario itself, or the path of a YAML file, or the name of a shipped one (`three-nodes`). */
  readonly scenario: ScenarioInput | { readonly file: string };
  /** Simulated seconds per real second; 1 by default. */
  readonly speed?: number;
  readonly host?: '127.0.0.1';
  /** `free` (default), or the first node's port: the others follow. */
  readonly ports?: 'free' | number;
  /** Where the CA and the certificates are kept between starts; nowhere by default. */
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
  readonly control: SimulatorControl;
  readonly network: SimulatedNetwork;
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
  const certificates = await makeCertificates([...cluster.nodes.keys()], certificateFolder);
  const gate = new RequestGate(clock);
  const dispatcher = new Dispatcher(cluster, allEndpoints, loadApiSchema(cluster.version.major));
  const servers = new Map<string, NodeServer>();
  for (const [index, node] of [...cluster.nodes.values()].entries()) {
    const certificate = certificates.ofNode.get(node.name);
    if (certificate === undefined) throw new Error(`no certificate for ${node.name}`);
    node.fingerprintSha256 = fingerprintOf(certificate.certificatePem);
    const port = ports === 'free' ? 0 : ports + index;
    servers.set(
      node.name,
      new NodeServer({ node, major: cluster.version.major, host, port, certificate, dispatcher, gate }),
    );
  }
  await listenAll(cluster, servers);
  startBroadcasts(cluster);
  return {
    nodes: [...cluster.nodes.values()].map((node) =>
      describeNode(node.name, host, servers, node.fingerprintSha256),
    ),
    certificateAuthorityPem: certificates.certificateAuthorityPem,
    control: new SimulatorControl(cluster, gate, servers),
    network: networkAt(speed, cluster),
    token: firstToken(cluster),
    close: async () => {
      clock.close();
      await Promise.all([...servers.values()].map((server) => server.close()));
    },
  };
}

function isFile(scenario: SimulatorOptions['scenario']): scenario is { readonly file: string } {
  return 'file' in scenario;
}

/** Every port is taken once, also for nodes that are down, so that each node has its address for good. */
async function listenAll(cluster: ClusterState, servers: ReadonlyMap<string, NodeServer>): Promise<void> {
  await Promise.all([...servers.values()].map((server) => server.listen()));
  for (const node of cluster.nodes.values()) {
    if (node.power === 'off' || node.pveproxy === 'stopped') await servers.get(node.name)?.close();
  }
}

function describeNode(
  name: string,
  host: string,
  servers: ReadonlyMap<string, NodeServer>,
  fingerprintSha256: string,
): SimulatedNode {
  const port = servers.get(name)?.port ?? 0;
  return { name, url: `https://${host}:${port}`, host, port, fingerprintSha256 };
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
