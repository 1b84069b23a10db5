import { createHash } from 'node:crypto';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import type { HaResource, HaSection } from './ha-state';
import { onlineMembers, isQuorate } from './quorum';
import type { ClusterState } from './state';

/** Keys of rules that read as numbers. */
const numericKeys = ['strict', 'disable'];

/** Reading the HA manager's configuration and status. Nothing here changes it. */
export const haEndpoints: EndpointTable = {
  'GET /cluster/ha/resources': ({ cluster }) =>
    [...cluster.ha.resources.values()].map((resource) => resourceRow(cluster, resource)),
  'GET /cluster/ha/resources/{sid}': readResource,
  'GET /cluster/ha/rules': listRules,
  'GET /cluster/ha/rules/{rule}': readRule,
  'GET /cluster/ha/groups': listGroups,
  'GET /cluster/ha/groups/{group}': readGroup,
  'GET /cluster/ha/status': () => [{ name: 'current' }, { name: 'manager_status' }],
  'GET /cluster/ha/status/current': currentStatus,
};

function resourceRow(cluster: ClusterState, resource: HaResource): Record<string, unknown> {
  const { sid, state, maxRestart, maxRelocate, failback, group, comment } = resource;
  return {
    sid,
    type: sid.split(':')[0],
    state,
    digest: digestOf([...cluster.ha.resources.values()]),
    ...(maxRestart === undefined ? {} : { max_restart: maxRestart }),
    ...(maxRelocate === undefined ? {} : { max_relocate: maxRelocate }),
    ...(failback === undefined ? {} : { failback: failback ? 1 : 0 }),
    ...(group === undefined ? {} : { group }),
    ...(comment === undefined ? {} : { comment }),
  };
}

function readResource({ cluster, parameters }: ApiCall): unknown {
  const sid = resourceId(cluster, parameters.text('sid'));
  const resource = cluster.ha.resources.get(sid) ?? fail(`no such resource '${sid}'`);
  return resourceRow(cluster, resource);
}

/** `100` stands for `vm:100` or `ct:100`. */
function resourceId(cluster: ClusterState, text: string): string {
  if (!/^\d+$/.test(text)) return text;
  return cluster.guests.get(Number(text))?.type === 'lxc' ? `ct:${text}` : `vm:${text}`;
}

function listRules({ cluster, parameters }: ApiCall): unknown {
  const type = parameters.optionalText('type');
  const resource = parameters.optionalText('resource');
  return [...cluster.ha.rules]
    .map(([id, rule], index) => ruleRow(cluster, id, rule, index + 1))
    .filter((row) => type === undefined || row['type'] === type)
    .filter((row) => resource === undefined || String(row['resources']).split(',').includes(resource));
}

function readRule({ cluster, parameters }: ApiCall): unknown {
  const id = parameters.text('rule');
  const rule = cluster.ha.rules.get(id) ?? fail(`no such ha rule '${id}'`);
  return ruleRow(cluster, id, rule, [...cluster.ha.rules.keys()].indexOf(id) + 1);
}

function ruleRow(cluster: ClusterState, id: string, rule: HaSection, order: number): Record<string, unknown> {
  const shown = [...rule].map(
    ([key, value]) => [key, numericKeys.includes(key) ? Number(value) : value] as const,
  );
  return { rule: id, ...Object.fromEntries(shown), order, digest: digestOf([...cluster.ha.rules]) };
}

function listGroups({ cluster }: ApiCall): unknown {
  if (cluster.version.major === 9) fail('cannot index groups: ha groups have been migrated to rules');
  return [...cluster.ha.groups].map(([group, section]) => groupRow(cluster, group, section));
}

function readGroup({ cluster, parameters }: ApiCall): unknown {
  if (cluster.version.major === 9) fail('cannot read group: ha groups have been migrated to rules');
  const id = parameters.text('group');
  return groupRow(cluster, id, cluster.ha.groups.get(id) ?? fail(`no such ha group '${id}'`));
}

function groupRow(cluster: ClusterState, group: string, section: HaSection): unknown {
  return { group, type: 'group', ...Object.fromEntries(section), digest: digestOf([...cluster.ha.groups]) };
}

function currentStatus({ cluster, contactedNode }: ApiCall): unknown {
  const { ha } = cluster;
  const quorate = isQuorate(cluster, contactedNode) ? 1 : 0;
  const quorum = {
    id: 'quorum',
    type: 'quorum',
    node: contactedNode.name,
    quorate,
    status: quorate ? 'OK' : `No quorum on node '${contactedNode.name}'!`,
  };
  const active = ha.master !== undefined;
  const fencing = {
    id: 'fencing',
    type: 'fencing',
    node: ha.master ?? contactedNode.name,
    'armed-state': active ? 'armed' : 'standby',
    status: active ? 'armed (CRM watchdog active)' : 'standby (CRM watchdog standby)',
  };
  return [
    quorum,
    ...(active ? [masterRow(cluster, ha.master)] : []),
    ...(cluster.version.major === 9 ? [fencing] : []),
    ...(active ? managerRows(cluster, contactedNode.name) : []),
    ...[...ha.resources.values()].map((resource) => serviceRow(cluster, resource)),
  ];
}

function masterRow(cluster: ClusterState, master: string | undefined): unknown {
  const timestamp = cluster.clock.epochSeconds();
  return {
    id: 'master',
    type: 'master',
    node: master,
    status: `${master} (active, ${writtenTime(timestamp)})`,
    timestamp,
  };
}

function managerRows(cluster: ClusterState, viewer: string): unknown[] {
  const view = cluster.nodes.get(viewer);
  const online = view === undefined ? [] : onlineMembers(cluster, view);
  const timestamp = cluster.clock.epochSeconds();
  return [...cluster.nodes.values()].map((node) => {
    const mode = cluster.ha.maintenance.has(node.name) ? 'maintenance mode' : 'idle, watchdog standby';
    const text = online.includes(node) ? mode : 'old timestamp - dead?, watchdog standby';
    return {
      id: `lrm:${node.name}`,
      type: 'lrm',
      node: node.name,
      status: `${node.name} (${text}, ${writtenTime(timestamp)})`,
      timestamp,
    };
  });
}

function serviceRow(cluster: ClusterState, resource: HaResource): unknown {
  const node = cluster.guests.get(Number(resource.sid.split(':')[1]))?.node;
  const { sid, state, comment } = resource;
  return {
    id: `service:${sid}`,
    type: 'service',
    sid,
    node,
    state,
    crm_state: state,
    request_state: state,
    max_restart: resource.maxRestart ?? 1,
    max_relocate: resource.maxRelocate ?? 1,
    ...(cluster.version.major === 9 ? { failback: (resource.failback ?? true) ? 1 : 0 } : {}),
    ...(comment === undefined ? {} : { comment }),
    status: `${sid} (${node}, ${state})`,
  };
}

function writtenTime(epochSeconds: number): string {
  const [weekday, day, month, year, time] = new Date(epochSeconds * 1000)
    .toUTCString()
    .replace(',', '')
    .split(' ');
  return `${weekday} ${month} ${Number(day)} ${time} ${year}`;
}

function digestOf(content: unknown): string {
  return createHash('sha1').update(JSON.stringify(content)).digest('hex');
}
