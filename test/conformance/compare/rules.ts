import { shapes, type Shape } from './shapes';

/**
 * Which values are compared by shape only, and why. A value is volatile where a rule names its endpoint and its path
 * and the recorded value has one of the shapes; then the answer must have the same shape. Everything else is compared
 * exactly. `path` is matched against the whole path below the body; `*` stands for one step, `**` for any number.
 */
interface VolatileRule {
  readonly endpoint: RegExp;
  readonly paths: readonly string[];
  /** The first shape that the recorded value has is the one that the answer must have. */
  readonly shapes: readonly Shape[];
  readonly reason: string;
}

const any = /./;
const guestStatus =
  /^\/(?:nodes\/\{node\}\/(?:qemu|lxc)(?:\/\{vmid\}\/status\/current)?|cluster\/resources)$/;
const nodeStatus = /^\/nodes\/\{node\}\/status$/;
const nodeLists = /^\/(?:nodes|cluster\/resources)$/;
const taskEndpoints = /^\/(?:(?:nodes\/\{node\}|cluster)\/tasks|commands\/pvenode task)/;
const storageEndpoints = /^\/(?:nodes\/\{node\}\/storage|cluster\/resources)/;

/** The table of volatile values. Keep it tight: each line is something that a wrong simulator may get away with. */
export const volatileRules: readonly VolatileRule[] = [
  {
    endpoint: taskEndpoints,
    paths: ['data.pid', 'data.pstart', 'data.*.pid', 'data.*.pstart', 'task.pid', 'task.pstart'],
    shapes: [shapes.positiveCount],
    reason: 'process id of the worker and when it started, in ticks since boot',
  },
  {
    endpoint: any,
    paths: ['task.pid', 'task.pstart'],
    shapes: [shapes.positiveCount],
    reason: 'the same of a task that was waited for',
  },
  {
    endpoint: any,
    paths: ['task.starttime'],
    shapes: [shapes.time],
    reason: 'when it happened',
  },
  {
    endpoint: taskEndpoints,
    paths: ['data.starttime', 'data.*.starttime', 'data.*.endtime'],
    shapes: [shapes.time],
    reason: 'when it happened',
  },
  {
    endpoint: /^\/nodes\/\{node\}\/tasks$/,
    paths: ['total'],
    shapes: [shapes.positiveCount],
    reason: "counts the node's whole past, of which a state names only what the recording shows",
  },
  {
    endpoint: guestStatus,
    paths: ['uptime', 'mem', 'memhost', 'pid'].flatMap((key) => [`data.${key}`, `data.*.${key}`]),
    shapes: [shapes.zero, shapes.positiveCount],
    reason: 'load and process of a running guest; zero only of one that does not run',
  },
  {
    endpoint: guestStatus,
    paths: ['netin', 'netout', 'diskread', 'diskwrite'].flatMap((key) => [`data.${key}`, `data.*.${key}`]),
    shapes: [shapes.count],
    reason: 'traffic counters',
  },
  {
    endpoint: guestStatus,
    paths: ['data.cpu', 'data.*.cpu'],
    shapes: [shapes.ratio],
    reason: 'load figure',
  },
  {
    endpoint: guestStatus,
    paths: ['cpusome', 'cpufull', 'iosome', 'iofull', 'memorysome', 'memoryfull'].flatMap((key) => [
      `data.pressure${key}`,
      `data.*.pressure${key}`,
    ]),
    shapes: [shapes.percentage],
    reason: 'load figure',
  },
  {
    endpoint: guestStatus,
    paths: ['data.nics.*.*', 'data.*.nics.*.*', 'data.blockstat.*.*', 'data.*.blockstat.*.*'],
    shapes: [shapes.count],
    reason: 'traffic counters',
  },
  {
    endpoint: guestStatus,
    paths: [
      ...[
        'free_mem',
        'total_mem',
        'major_page_faults',
        'minor_page_faults',
        'mem_swapped_in',
        'mem_swapped_out',
      ],
      'last_update',
    ]
      .map((key) => `ballooninfo.${key}`)
      .concat('freemem')
      .flatMap((key) => [`data.${key}`, `data.*.${key}`]),
    shapes: [shapes.time, shapes.count],
    reason: "said by the balloon driver of the guest's operating system",
  },
  {
    endpoint: guestStatus,
    paths: ['data.proxmox-support.pbs-library-version', 'data.*.proxmox-support.pbs-library-version'],
    shapes: [shapes.words],
    reason: "the lab's stand-in for the backup library (observed.md, limits)",
  },
  {
    endpoint: nodeLists,
    paths: ['data.*.cpu'],
    shapes: [shapes.ratio],
    reason: 'load of the node',
  },
  {
    endpoint: nodeLists,
    paths: ['mem', 'disk', 'uptime'].map((key) => `data.*.${key}`),
    shapes: [shapes.count],
    reason: 'load of the node',
  },
  {
    endpoint: nodeLists,
    paths: ['data.*.ssl_fingerprint'],
    shapes: [shapes.fingerprint],
    reason: "the node's certificate is made when the cluster is",
  },
  {
    endpoint: nodeStatus,
    paths: ['data.cpu', 'data.wait', 'data.idle'],
    shapes: [shapes.ratio],
    reason: 'load figure',
  },
  {
    endpoint: nodeStatus,
    paths: [
      ...['uptime', 'ksm.shared', 'memory.free', 'memory.used', 'memory.available'],
      ...['rootfs.used', 'rootfs.avail', 'rootfs.free', 'rootfs.total'],
      ...['swap.used', 'swap.free', 'swap.total'],
    ].map((key) => `data.${key}`),
    shapes: [shapes.count],
    reason: 'load and disks of the machine that the node runs on',
  },
  { endpoint: nodeStatus, paths: ['data.loadavg.*'], shapes: [shapes.load], reason: 'load figure' },
  {
    endpoint: nodeStatus,
    paths: [
      ...['cpuinfo.model', 'cpuinfo.flags', 'cpuinfo.mhz', 'cpuinfo.hvm', 'kversion'],
      ...['current-kernel.version', 'current-kernel.release'],
    ].map((key) => `data.${key}`),
    shapes: [shapes.words],
    reason: "processor and kernel of the lab's machine",
  },
  {
    endpoint: storageEndpoints,
    paths: ['data.used_fraction', 'data.*.used_fraction'],
    shapes: [shapes.ratio],
    reason: 'depends on what lies on the storage',
  },
  {
    endpoint: storageEndpoints,
    paths: ['used', 'avail', 'disk'].flatMap((key) => [`data.${key}`, `data.*.${key}`]),
    shapes: [shapes.count],
    reason: 'depends on what lies on the storage',
  },
  {
    endpoint: /^\/nodes\/\{node\}\/storage\/\{storage\}\/content/,
    paths: ['data.*.ctime', 'data.ctime'],
    shapes: [shapes.time],
    reason: 'when the volume was made',
  },
  {
    endpoint: any,
    paths: ['data.digest', 'data.*.digest', 'data.config_digest'],
    shapes: [shapes.sha1],
    reason: 'hash over a configuration file that holds ids and times',
  },
  {
    endpoint: /\/snapshot$/,
    paths: ['data.*.snaptime'],
    shapes: [shapes.time],
    reason: 'when it happened',
  },
  {
    endpoint: /\/qemu\/\{vmid\}\/(?:snapshot\/[^/]+\/)?config$/,
    paths: ['data.snaptime'],
    shapes: [shapes.time],
    reason: 'when the snapshot that is read was taken',
  },
  {
    endpoint: /^\/cluster\/log$/,
    paths: ['data.*.pid', 'data.*.time'],
    shapes: [shapes.positiveCount],
    reason: 'process and time of the writer',
  },
  {
    endpoint: /^\/cluster\/log$/,
    paths: ['data.*.uid', 'data.*.id'],
    shapes: [shapes.decimal, shapes.sequenceAtNode],
    reason: 'running number of the message',
  },
  {
    endpoint: /\/agent\/(?:exec|get-osinfo)$/,
    paths: ['data.pid', 'data.result.kernel-release', 'data.result.kernel-version'],
    shapes: [shapes.positiveCount, shapes.words],
    reason: 'said by the operating system inside the guest',
  },
  {
    endpoint: /^\/access\/ticket$/,
    paths: ['data.ticket'],
    shapes: [shapes.ticket],
    reason: 'holds the time and a signature',
  },
  {
    endpoint: /^\/access\/ticket$/,
    paths: ['data.CSRFPreventionToken'],
    shapes: [shapes.words],
    reason: 'a signature',
  },
  {
    endpoint: /^\/cluster\/config\/join$/,
    paths: ['data.nodelist.*.pve_fp'],
    shapes: [shapes.fingerprint],
    reason: "the node's certificate is made when the cluster is",
  },
];

/** Whether a rule's path pattern covers a path. */
export function pathMatches(pattern: string, path: readonly string[]): boolean {
  const steps = pattern.split('.');
  return steps.length === path.length && steps.every((step, at) => step === '*' || step === path[at]);
}

/** The shapes that a value of this endpoint and path may be compared by, in the table's order. */
export function volatileShapes(endpoint: string, path: readonly string[]): readonly Shape[] {
  return volatileRules
    .filter(
      (rule) => rule.endpoint.test(endpoint) && rule.paths.some((pattern) => pathMatches(pattern, path)),
    )
    .flatMap((rule) => rule.shapes);
}
