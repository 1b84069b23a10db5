import type { ApiCall, EndpointTable } from '../http/call';
import { ApiError, fail, parameterError } from '../http/errors';
import { listResources } from './resources';
import { onlineMembers, isQuorate } from './quorum';
import { lowestFreeId } from './next-id';
import { versionOnNode } from './version';

/** Calls about the cluster as a whole. */
export const clusterEndpoints: EndpointTable = {
  'GET /version': ({ cluster, contactedNode }) => versionOf(versionOnNode(cluster.version, contactedNode)),
  'GET /cluster/status': clusterStatus,
  'GET /cluster/resources': listResources,
  'GET /cluster/nextid': nextId,
  'GET /cluster/log': clusterLog,
  'GET /cluster/config/nodes': configuredNodes,
  'GET /cluster/config/totem': ({ cluster }) =>
    cluster.name === undefined ? {} : totem(cluster.name, cluster.nodes.size),
  'GET /cluster/config/join': joinInformation,
};

/** The answer of GET /version. */
export function versionOf({ version, release, repoid }: ApiCall['cluster']['version']): unknown {
  return { version, release, repoid };
}

function clusterStatus({ cluster, contactedNode }: ApiCall): unknown {
  const online = new Set(onlineMembers(cluster, contactedNode));
  const clustered = cluster.name !== undefined;
  const nodes = [...cluster.nodes.values()].map((node) => ({
    type: 'node',
    id: `node/${node.name}`,
    name: node.name,
    nodeid: clustered ? node.nodeId : 0,
    ip: node.ip,
    local: node === contactedNode ? 1 : 0,
    online: online.has(node) ? 1 : 0,
    level: '',
  }));
  if (!clustered) return nodes;
  const quorate = isQuorate(cluster, contactedNode) ? 1 : 0;
  const row = {
    type: 'cluster',
    id: 'cluster',
    name: cluster.name,
    version: nodes.length,
    nodes: nodes.length,
    quorate,
  };
  return [row, ...nodes];
}

function nextId({ cluster, parameters }: ApiCall): string {
  const wanted = parameters.optionalInteger('vmid');
  if (wanted === undefined) return String(lowestFreeId(cluster) ?? fail('unable to get any free VMID'));
  if (cluster.guests.has(wanted)) parameterError({ vmid: `VM ${wanted} already exists` });
  return String(wanted);
}

function clusterLog(call: ApiCall): unknown {
  const { cluster, parameters, identity } = call;
  const max = parameters.optionalInteger('max') ?? 50;
  const mayAll = call.may('/', ['Sys.Syslog']);
  return cluster.log
    .filter(({ user }) => mayAll || user === identity.authId)
    .map((entry) => ({
      uid: String(entry.uid),
      id: `${entry.uid}:${entry.node}`,
      node: entry.node,
      time: entry.time,
      user: entry.user,
      tag: entry.tag,
      pri: entry.priority,
      pid: entry.pid,
      msg: entry.message,
    }))
    .reverse()
    .slice(0, max);
}

function configuredNodes({ cluster }: ApiCall): unknown {
  if (cluster.name === undefined) return [];
  return [...cluster.nodes.values()].map((node) => ({
    name: node.name,
    node: node.name,
    nodeid: String(node.nodeId),
    quorum_votes: '1',
    ring0_addr: node.ip,
  }));
}

function totem(name: string, nodes: number): unknown {
  return {
    cluster_name: name,
    config_version: String(nodes),
    interface: { '0': { linknumber: '0' } },
    ip_version: 'ipv4-6',
    link_mode: 'passive',
    secauth: 'on',
    version: '2',
  };
}

function joinInformation({ cluster, contactedNode }: ApiCall): unknown {
  if (cluster.name === undefined)
    throw new ApiError(424, 'node is not in a cluster, no join info available!');
  return {
    totem: totem(cluster.name, cluster.nodes.size),
    config_digest: cluster.random.hex(40),
    preferred_node: contactedNode.name,
    nodelist: [...cluster.nodes.values()].map((node) => ({
      name: node.name,
      nodeid: String(node.nodeId),
      pve_addr: node.ip,
      pve_fp: node.fingerprintSha256,
      quorum_votes: '1',
      ring0_addr: node.ip,
    })),
  };
}
