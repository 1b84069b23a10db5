import type { EndpointTable } from '../http/call';

const nodeParts = (major: 8 | 9): string[] => [
  ...[
    'aplinfo',
    'apt',
    'capabilities',
    'ceph',
    'certificates',
    'config',
    'disks',
    'dns',
    'firewall',
    'hardware',
    'hosts',
  ],
  ...[
    'journal',
    'lxc',
    'migrateall',
    'netstat',
    'network',
    'qemu',
    ...(major === 9 ? ['query-oci-repo-tags'] : []),
  ],
  ...[
    'query-url-metadata',
    'replication',
    'report',
    'rrd',
    'rrddata',
    'scan',
    ...(major === 9 ? ['sdn'] : []),
    'services',
  ],
  ...[
    'spiceshell',
    'startall',
    'status',
    'stopall',
    'storage',
    'subscription',
    'suspendall',
    'syslog',
    'tasks',
  ],
  ...['termproxy', 'time', 'version', 'vncshell', 'vzdump', 'wakeonlan', ...(major === 8 ? ['sdn'] : [])],
];

const clusterParts = (major: 8 | 9): string[] => [
  ...[
    'acme',
    'backup',
    'backup-info',
    ...(major === 9 ? ['bulk-action'] : []),
    'ceph',
    'config',
    'firewall',
    'ha',
    'jobs',
  ],
  ...[
    'log',
    'mapping',
    'metrics',
    'notifications',
    'nextid',
    'options',
    ...(major === 9 ? ['qemu'] : []),
    'replication',
  ],
  ...['resources', 'status', 'tasks', 'sdn'],
];

const topParts = ['version', 'cluster', 'nodes', 'storage', 'access', 'pools'];
const accessParts = ['users', 'groups', 'roles', 'acl', 'domains', 'openid', 'tfa', 'ticket', 'password'];

const named = (names: readonly string[]): unknown => names.map((name) => ({ name }));
const subdirectories = (names: readonly string[]): unknown => names.map((subdir) => ({ subdir }));

/** What the paths that only list their parts answer (recordings a1). `GET /` is in no schema. */
export const indexEndpoints: EndpointTable = {
  'GET /': () => subdirectories(topParts),
  'GET /cluster': ({ cluster }) => named(clusterParts(cluster.version.major)),
  'GET /nodes/{node}': ({ cluster }) => named(nodeParts(cluster.version.major)),
  'GET /access': () => subdirectories(accessParts),
  'GET /cluster/config': () => named(['nodes', 'totem', 'join', 'qdevice', 'apiversion']),
  'GET /cluster/ha': ({ cluster }) =>
    ['status', 'resources', 'groups', ...(cluster.version.major === 9 ? ['rules'] : [])].map((id) => ({
      id,
    })),
  'GET /cluster/bulk-action': () => named(['guest']),
  'GET /cluster/bulk-action/guest': () => named(['start', 'shutdown', 'migrate', 'suspend']),
  'GET /nodes/{node}/tasks/{upid}': () => named(['log', 'status']),
  'GET /cluster/sdn/zones': () => [],
  'GET /cluster/metrics/export': () => ({ data: [] }),
};
