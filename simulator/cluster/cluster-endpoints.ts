import type { ApiCall, EndpointTable } from '../http/call';
import { fail, parameterError } from '../http/errors';
import { listResources } from './resources';
import { isQuorate, onlineMembers, visibleNodes } from './quorum';
import { lowestFreeId } from './next-id';
import { versionOnNode } from './version';

/** Calls about the cluster as a whole. */
export const clusterEndpoints: EndpointTable = {
  'GET /version': ({ cluster, contactedNode }) => versionOf(versionOnNode(cluster.version, contactedNode)),
  'GET /cluster/status': clusterStatus,
  'GET /cluster/resources': listResources,
  'GET /cluster/nextid': nextId,
  'GET /cluster/log': clusterLog,
};

/** The answer of GET /version. */
export function versionOf({ version, release, repoid }: ApiCall['cluster']['version']): unknown {
  return { version, release, repoid };
}

function clusterStatus({ cluster, contactedNode }: ApiCall): unknown {
  const online = new Set(onlineMembers(cluster, contactedNode));
  const clustered = contactedNode.isMember && contactedNode.corosync === 'running';
  const shown = clustered ? visibleNodes(cluster, contactedNode) : [contactedNode];
  const nodes = shown.map((node) => ({
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
