import type { ApiCall, EndpointTable } from '../http/call';
import { ApiError, fail } from '../http/errors';
import type { NodeState } from './nodes';
import { isQuorate, members } from './quorum';
import type { ClusterState } from './state';

/** Making a cluster, and joining one (recording i): root@pam by ticket only. */
export const formationEndpoints: EndpointTable = {
  'POST /cluster/config': createCluster,
  'POST /cluster/config/join': joinCluster,
  'GET /cluster/config/join': joinInformation,
  'GET /cluster/config/totem': ({ cluster, contactedNode }) => (contactedNode.isMember ? totem(cluster) : {}),
  'GET /cluster/config/nodes': ({ cluster, contactedNode }) =>
    contactedNode.isMember
      ? members(cluster).map((node) => ({ node: node.name, ...memberConfiguration(node) }))
      : [],
};

const creationSeconds = 1;
const joinSeconds = 1;

/** From a join until the node's pveproxy presents the certificate that the cluster has made for it. */
const newCertificateSeconds = 10;

function createCluster(call: ApiCall): string {
  const { cluster, node, parameters } = call;
  if (node.isMember) fail("cluster config '/etc/pve/corosync.conf' already exists");
  const name = parameters.text('clustername');
  return call.startTask({
    type: 'clustercreate',
    id: name,
    run: async (worker) => {
      worker.log('Corosync Cluster Engine Authentication key generator.');
      worker.log('Gathering 2048 bits for key from /dev/urandom.');
      worker.log('Writing corosync key to /etc/corosync/authkey.');
      worker.log('Writing corosync config to /etc/pve/corosync.conf');
      worker.log('Restart corosync and cluster filesystem');
      await worker.sleep(creationSeconds);
      cluster.name = name;
      cluster.access.ticketKey = node.ownTicketKey ?? cluster.access.ticketKey;
      becomeMember(cluster, node, parameters.optionalInteger('nodeid') ?? 1);
    },
  });
}

function joinCluster(call: ApiCall): string {
  const { cluster, node, parameters } = call;
  return call.startTask({
    type: 'clusterjoin',
    id: '',
    run: async (worker) => {
      if (node.isMember) fail('Check if node may join a cluster failed!');
      const host = parameters.text('hostname');
      const other = members(cluster).find(({ ip, name }) => ip === host || name === host);
      worker.log(`Establishing API connection with host '${host}'`);
      await worker.sleep(joinSeconds);
      if (other === undefined) fail(`Can't connect to ${host}:8006 (No route to host)`);
      const fingerprint = parameters.optionalText('fingerprint');
      if (fingerprint !== undefined && fingerprint !== other.fingerprintSha256) {
        fail(`fingerprint '${other.fingerprintSha256}' not verified, abort!`);
      }
      if (parameters.text('password') !== cluster.access.users.get('root@pam')?.password) {
        fail('401 authentication failure');
      }
      worker.log('Login succeeded.');
      worker.log('Request addition of this node');
      if (!isQuorate(cluster, other)) {
        worker.log('An error occurred on the cluster node: cluster not ready - no quorum?');
        fail('Cluster join aborted!');
      }
      worker.log('Join request OK, finishing setup locally');
      const taken = members(cluster).map(({ nodeId }) => nodeId);
      becomeMember(cluster, node, parameters.optionalInteger('nodeid') ?? Math.max(...taken) + 1);
      node.certificateKnownAt = cluster.clock.now() + newCertificateSeconds;
    },
  });
}

/** From now on the cluster's keys and its file system are the node's own: tickets of before are worth nothing. */
function becomeMember(cluster: ClusterState, node: NodeState, nodeId: number): void {
  node.isMember = true;
  node.nodeId = nodeId;
  node.ownTicketKey = undefined;
  node.reachableSince = cluster.clock.now();
  node.corosyncSince = cluster.clock.now();
  cluster.topology.changed();
}

function totem(cluster: ClusterState): unknown {
  return {
    cluster_name: cluster.name,
    config_version: String(members(cluster).length),
    interface: { '0': { linknumber: '0' } },
    ip_version: 'ipv4-6',
    link_mode: 'passive',
    secauth: 'on',
    version: '2',
  };
}

function memberConfiguration({ name, nodeId, ip }: NodeState): Record<string, string> {
  return { name, nodeid: String(nodeId), quorum_votes: '1', ring0_addr: ip };
}

function joinInformation({ cluster, contactedNode }: ApiCall): unknown {
  if (!contactedNode.isMember) throw new ApiError(424, 'node is not in a cluster, no join info available!');
  return {
    totem: totem(cluster),
    config_digest: cluster.random.hex(40),
    preferred_node: contactedNode.name,
    nodelist: members(cluster).map((node) => ({
      ...memberConfiguration(node),
      pve_addr: node.ip,
      pve_fp: node.fingerprintSha256,
    })),
  };
}
