import type { ApiCall, EndpointTable } from '../http/call';
import { nodeFigures, nodeMemoryUsedBytes } from './figures';
import { nodeRows } from './resources';
import { versionOf } from './cluster-endpoints';
import type { NodeState } from './nodes';
import { versionOnNode } from './version';

/** Calls about one node. */
export const nodeEndpoints: EndpointTable = {
  'GET /nodes': listNodes,
  'GET /nodes/{node}/status': nodeStatus,
  'GET /nodes/{node}/version': ({ cluster, node }) => versionOf(versionOnNode(cluster.version, node)),
  'GET /nodes/{node}/dns': ({ cluster }) =>
    cluster.version.major === 8 ? { search: 'lab', dns1: '127.0.0.1' } : { dns1: '10.99.9.1' },
  'GET /nodes/{node}/config': () => ({}),
  'GET /nodes/{node}/network': listNetworks,
  'GET /nodes/{node}/capabilities/qemu/migration': () => ({ 'has-dbus-vmstate': false }),
  'GET /nodes/{node}/time': ({ cluster, node }) => {
    const time = nodeTime(cluster, node);
    return { time, localtime: time, timezone: 'UTC' };
  },
};

/** What the node's own clock shows, in whole seconds since the epoch. */
export function nodeTime({ clock }: ApiCall['cluster'], { clockOffsetSeconds }: NodeState): number {
  return Math.floor(clock.now() + clockOffsetSeconds);
}

function listNodes(call: ApiCall): unknown {
  return nodeRows(call).map((row) => {
    const shown = Object.entries(row).filter(([key]) => key !== 'cgroup-mode' && key !== 'hastate');
    const node = call.cluster.nodes.get(String(row['node']));
    return { ...Object.fromEntries(shown), ssl_fingerprint: node?.fingerprintSha256 };
  });
}

function nodeStatus({ cluster, node }: ApiCall): unknown {
  const used = nodeMemoryUsedBytes(cluster, node);
  const free = Math.max(node.memoryBytes - used, 0);
  const { totalBytes, usedBytes } = node.rootFileSystem;
  const { repoid, version, kernelRelease, major } = versionOnNode(cluster.version, node);
  return {
    uptime: nodeFigures(cluster, node).uptime,
    idle: 0,
    wait: 0,
    cpu: nodeFigures(cluster, node).cpu,
    loadavg: ['0.42', '0.38', '0.31'],
    kversion: `Linux ${kernelRelease} #1 SMP PREEMPT_DYNAMIC`,
    'current-kernel': {
      sysname: 'Linux',
      machine: 'x86_64',
      release: kernelRelease,
      version: '#1 SMP PREEMPT_DYNAMIC',
    },
    'boot-info': { mode: 'legacy-bios' },
    cpuinfo: cpuInformation(node, major),
    memory: { total: node.memoryBytes, used, free, ...(major === 9 ? { available: free } : {}) },
    swap: { total: 0, used: 0, free: 0 },
    ksm: { shared: 0 },
    rootfs: {
      total: totalBytes,
      used: usedBytes,
      free: totalBytes - usedBytes,
      avail: totalBytes - usedBytes,
    },
    pveversion: `pve-manager/${version}/${repoid}`,
  };
}

function cpuInformation({ cpus, cpuModel }: NodeState, major: 8 | 9): unknown {
  return {
    cpus,
    cores: cpus,
    sockets: 1,
    model: cpuModel,
    mhz: '2500.000',
    user_hz: 100,
    hvm: '',
    flags:
      'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht nx lm',
    ...(major === 9 ? { vendor: 'AuthenticAMD', family: '25' } : {}),
  };
}

function listNetworks(call: ApiCall): unknown {
  const { cluster, node } = call;
  const isOld = cluster.version.major === 8;
  const common = { families: ['inet'], active: 1, method6: 'manual' };
  const port = {
    ...common,
    iface: 'eth0',
    type: 'eth',
    method: 'manual',
    ...(isOld ? { exists: 1 } : { priority: 3 }),
  };
  const address = {
    method: 'static',
    address: node.bridgeIp,
    netmask: '24',
    cidr: `${node.bridgeIp}/24`,
    bridge_ports: 'eth0',
  };
  const bridges = node.bridges.map((iface, index) => ({
    ...common,
    iface,
    type: 'bridge',
    ...(index === 0 ? address : { method: 'manual', bridge_ports: '' }),
    bridge_stp: 'off',
    bridge_fd: '0',
    autostart: 1,
    priority: (isOld ? 3 : 4) + index,
  }));
  const wanted = call.parameters.optionalText('type');
  const all = [port, ...bridges];
  if (wanted === undefined) return all;
  return all.filter(({ type }) => type === wanted || (wanted.startsWith('any_') && type === 'bridge'));
}
