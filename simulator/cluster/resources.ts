import type { ApiCall } from '../http/call';
import { onlineMembers, visibleNodes } from './quorum';
import { guestLock, type GuestState } from './guests';
import type { NodeState } from './nodes';
import { storageOnNode, type StorageState } from './storages';

type Row = Record<string, unknown>;

/** GET /cluster/resources: rows the caller may see, figures as last broadcast (behaviour.md 4.2). */
export function listResources(call: ApiCall): Row[] {
  return resourceRows(call, call.parameters.optionalText('type'));
}

/** The same of one type, or of all. */
export function resourceRows(call: ApiCall, type: string | undefined): Row[] {
  const wants = (...types: string[]): boolean => type === undefined || types.includes(type);
  const { cluster } = call;
  return [
    ...(type === undefined ? poolRows(call) : []),
    ...(wants('vm')
      ? [...cluster.guests.values()]
          .filter((guest) => mayAudit(call, guest))
          .map((guest) => guestRow(call, guest))
      : []),
    ...(wants('node') ? nodeRows(call) : []),
    ...(wants('storage') ? storageRows(call) : []),
    ...networkRows(call, type),
  ];
}

function mayAudit(call: ApiCall, guest: GuestState): boolean {
  return call.may(`/vms/${guest.vmid}`, ['VM.Audit']);
}

function poolRows(call: ApiCall): Row[] {
  const seen = [...call.cluster.pools.values()].filter(({ id }) => call.may(`/pool/${id}`, ['Pool.Audit']));
  return seen.map(({ id }) => ({ id: `/pool/${id}`, pool: id, type: 'pool' }));
}

function guestRow({ cluster }: ApiCall, guest: GuestState): Row {
  const figures = cluster.broadcasts.guest(guest.vmid);
  const lock = guestLock(guest);
  const tags = guest.config.get('tags');
  const resource = cluster.ha.resources.get(`${guest.type === 'qemu' ? 'vm' : 'ct'}:${guest.vmid}`);
  return {
    id: `${guest.type}/${guest.vmid}`,
    type: guest.type,
    vmid: guest.vmid,
    node: guest.node,
    ...(figures === undefined ? { status: 'unknown' } : shownFigures(cluster.version.major, figures)),
    ...(lock === undefined ? {} : { lock }),
    ...(tags === undefined ? {} : { tags }),
    ...(guest.pool === undefined ? {} : { pool: guest.pool }),
    ...(resource === undefined ? {} : { hastate: resource.state }),
  };
}

function shownFigures(major: 8 | 9, figures: { readonly mem: number }): Row {
  return major === 9 ? { ...figures, memhost: figures.mem } : { ...figures };
}

/** Node rows, also the body of GET /nodes (there with fingerprints). Figures need Sys.Audit on the node. */
export function nodeRows(call: ApiCall): Row[] {
  const { cluster, contactedNode } = call;
  const online = new Set(onlineMembers(cluster, contactedNode));
  return visibleNodes(cluster, contactedNode).map((node) => nodeRow(call, node, online.has(node)));
}

function nodeRow(call: ApiCall, node: NodeState, online: boolean): Row {
  const { cluster } = call;
  const figures = cluster.broadcasts.node(node.name);
  const row: Row = { id: `node/${node.name}`, type: 'node', node: node.name };
  if (!online) {
    const limits =
      figures === undefined || !call.may(`/nodes/${node.name}`, ['Sys.Audit']) ? {} : limitsOf(figures);
    return { ...row, status: 'offline', level: '', ...limits, 'cgroup-mode': 2 };
  }
  if (figures === undefined) return { ...row, status: 'unknown' };
  const shown = call.may(`/nodes/${node.name}`, ['Sys.Audit']) ? figures : {};
  const maintenance = cluster.ha.maintenance.has(node.name) ? 'maintenance' : 'online';
  const hastate =
    cluster.version.major === 9 && cluster.ha.master !== undefined ? { hastate: maintenance } : {};
  return { ...row, status: 'online', level: '', 'cgroup-mode': 2, ...shown, ...hastate };
}

function limitsOf({ maxcpu, maxmem, maxdisk }: { maxcpu: number; maxmem: number; maxdisk: number }): Row {
  return { maxcpu, maxmem, maxdisk };
}

function storageRows(call: ApiCall): Row[] {
  const { cluster } = call;
  const rows: Row[] = [];
  for (const node of visibleNodes(cluster, call.contactedNode)) {
    for (const storage of cluster.storages.values()) {
      if (!storageOnNode(storage, node.name)) continue;
      if (call.may(`/storage/${storage.id}`, ['Datastore.Audit'])) rows.push(storageRow(call, node, storage));
    }
  }
  return rows;
}

function storageRow({ cluster }: ApiCall, node: NodeState, storage: StorageState): Row {
  const figures = cluster.broadcasts.storage(node.name, storage.id);
  return {
    id: `storage/${node.name}/${storage.id}`,
    type: 'storage',
    storage: storage.id,
    node: node.name,
    plugintype: storage.type,
    shared: storage.shared ? 1 : 0,
    content: storage.content.join(','),
    status: figures === undefined ? 'unknown' : 'available',
    ...figures,
  };
}

function networkRows(call: ApiCall, type: string | undefined): Row[] {
  const { cluster } = call;
  const isOld = cluster.version.major === 8;
  if (type !== undefined && !(isOld && type === 'sdn')) return [];
  if (!call.may('/sdn/zones/localnetwork', ['SDN.Audit'])) return [];
  return visibleNodes(cluster, call.contactedNode).map(({ name }) =>
    isOld
      ? { id: `sdn/${name}/localnetwork`, type: 'sdn', sdn: 'localnetwork', node: name, status: 'ok' }
      : {
          id: `network/${name}/zone/localnetwork`,
          type: 'network',
          network: 'localnetwork',
          'network-type': 'zone',
          node: name,
          status: 'ok',
        },
  );
}
