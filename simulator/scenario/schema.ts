import { z } from 'zod';
import { accessSchema } from './access-schema';
import { generateSchema, guestSchema } from './guest-schema';
import { configSection, size } from './values';
import { urlSchema } from './web-schema';

const exactVersion = z
  .strictObject({
    version: z.string(),
    release: z.string(),
    repoid: z.string(),
    qemu: z.string(),
    kernelRelease: z.string(),
  })
  .partial();

const nodeSchema = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/, 'a host name'),
  id: z.number().int().min(1).optional().describe('corosync node id; the position in the list by default.'),
  ip: z.string().optional(),
  bridge_ip: z.string().optional().describe('Address of vmbr0; `ip` by default.'),
  cpus: z.number().int().min(1).default(16),
  cpu_model: z.string().default('AMD EPYC'),
  memory: size.default(64 * 1024 ** 3),
  memory_used: size.default(2 * 1024 ** 3).describe('What the node uses by itself, without guests.'),
  rootfs: z.strictObject({ size, used: size }).default({ size: 100 * 1024 ** 3, used: 8 * 1024 ** 3 }),
  uptime: z.number().nonnegative().default(864_000),
  exact_version: exactVersion.optional().describe('Where this node runs another version than the cluster.'),
  clock_offset: z.number().default(0).describe('Seconds by which its clock is ahead.'),
  bridges: z.array(z.string()).default(['vmbr0']),
  missing_programs: z
    .array(z.string())
    .default([])
    .describe('Programs that its tasks look for in vain, e.g. `sendmail`.'),
  power: z.enum(['on', 'off']).default('on'),
  link: z.enum(['up', 'cut']).default('up').describe('The link to the other nodes.'),
  pveproxy: z.enum(['running', 'stopped']).default('running'),
  pvedaemon: z.enum(['running', 'stopped']).default('running'),
  corosync: z
    .enum(['running', 'stopped'])
    .default('running')
    .describe('Stopped: it does not find the others.'),
});

const storageSchema = z.strictObject({
  id: z.string(),
  type: z.string().describe('dir, lvmthin, zfspool, nfs, ...'),
  content: z.array(z.string()).default(['images']),
  shared: z.boolean().optional().describe('True by default for nfs, cifs, rbd, cephfs, pbs.'),
  nodes: z.array(z.string()).optional().describe('All by default.'),
  path: z.string().optional(),
  size: size.default(500 * 1024 ** 3).describe('Of each node, or of the one shared storage.'),
  used: size.default(0).describe('Used by what is in no scenario volume.'),
  disabled: z.boolean().default(false),
  inactive_on: z.array(z.string()).default([]).describe('Nodes on which it is broken.'),
  options: configSection.default({}).describe('Further keys of storage.cfg.'),
});

const volumeSchema = z.strictObject({
  volid: z.string().describe('<storage>:<name>, e.g. local:iso/debian.iso'),
  node: z.string().optional().describe('Needed on a storage that is not shared.'),
  content: z.string().default('images'),
  format: z.string().optional(),
  size,
  used: size.optional(),
  virtual_size: size.optional().describe('Size of the disk inside of an image to import.'),
  vmid: z.number().int().optional(),
  parent: z.string().optional(),
  notes: z.string().optional(),
  created: z.number().optional(),
});

const filesSchema = z
  .array(
    z.strictObject({
      path: z.string().regex(/^\//, 'an absolute path'),
      node: z.string().optional().describe('Needed outside of /etc/pve and of shared storages.'),
      content: z.string().default(''),
      mode: z.number().int().default(0o644),
    }),
  )
  .default([])
  .describe("Files that commands on the nodes find, besides the node's own.");

const haSchema = z.strictObject({
  resources: z
    .array(
      z.strictObject({
        sid: z.string().regex(/^(vm|ct):\d+$/, 'vm:<id> or ct:<id>'),
        state: z.enum(['started', 'stopped', 'disabled', 'ignored']).default('started'),
        max_restart: z.number().int().optional(),
        max_relocate: z.number().int().optional(),
        failback: z.boolean().optional(),
        group: z.string().optional(),
        comment: z.string().optional(),
      }),
    )
    .default([]),
  rules: z.record(z.string(), configSection).default({}).describe('Version 9: rule id to its keys.'),
  groups: z.record(z.string(), configSection).default({}).describe('Version 8: group id to its keys.'),
  maintenance: z.array(z.string()).default([]).describe('Nodes in maintenance mode.'),
});

const networkSchema = z.strictObject({
  link: size.default(1.1 * 1024 ** 3).describe("Bytes per second of each node's link, each direction."),
  links: z.record(z.string(), size).default({}).describe('By node, where it differs.'),
  stream: size.default(0.5 * 1024 ** 3).describe('The most that one migration stream carries.'),
  disk: size.default(0.5 * 1024 ** 3).describe('The most that one disk copy carries.'),
  storage: size
    .optional()
    .describe('The most that all clones on one storage of a node carry together; no such limit by default.'),
});

const seconds = z.number().nonnegative();
const timingsSchema = z.strictObject({
  migration_setup: seconds.default(3),
  migration_teardown: seconds.default(3),
  start: seconds.default(1),
  boot: seconds.default(15).describe('From power on until all in a guest of an image runs.'),
  template_disk: seconds.default(0.3).describe('Making one disk a base image.'),
  stop: seconds.default(0.5),
  authentication_failure: seconds.default(3).describe('Delay of a 401.'),
  broadcast: seconds.min(0.1).default(10).describe("Between two rounds of a node's pvestatd."),
  first_broadcast: seconds.default(0),
  broadcast_expiry: seconds.default(300),
});

const pastTaskSchema = z.strictObject({
  upid: z.string(),
  endtime: z.number().int(),
  exitstatus: z.string(),
  log: z.array(z.string()).default([]),
});

const logEntrySchema = z.strictObject({
  node: z.string(),
  time: z.number().int(),
  user: z.string(),
  tag: z.string().default('pvedaemon'),
  priority: z.number().int().default(6),
  pid: z.number().int().default(1000),
  message: z.string(),
});

/** A scenario: a cluster as it is when the simulator starts. Every key but `nodes` has a default. */
export const scenarioSchema = z.strictObject({
  cluster: z
    .string()
    .nullable()
    .default('simulated')
    .describe('Its name; null for nodes in no cluster, each alone.'),
  version: z
    .union([
      z.literal('8.4'),
      z.literal('9'),
      z.literal(9).transform(() => '9' as const),
      z.literal(8.4).transform(() => '8.4' as const),
    ])
    .default('8.4'),
  exact_version: exactVersion.optional().describe("Parts of GET /version that differ from the recordings'."),
  seed: z.number().int().default(1).describe('Of all random values.'),
  time: z
    .number()
    .optional()
    .describe('Simulated time at the start, seconds since the epoch; now by default.'),
  nodes: z.array(nodeSchema).min(1),
  storages: z.array(storageSchema).default([]),
  guests: z.array(guestSchema).default([]),
  generate: z.array(generateSchema).default([]),
  volumes: z
    .array(volumeSchema)
    .default([])
    .describe('Besides the disks of guests: ISO images, templates, leftovers.'),
  access: accessSchema.prefault({}),
  files: filesSchema,
  pools: z
    .array(
      z.strictObject({
        id: z.string(),
        comment: z.string().optional(),
        storages: z.array(z.string()).default([]),
      }),
    )
    .default([]),
  options: configSection.default({}).describe('datacenter.cfg'),
  ha: haSchema.prefault({}),
  network: networkSchema.prefault({}),
  timings: timingsSchema.prefault({}),
  web: z.array(urlSchema).default([]).describe('What is behind URLs; all others are really fetched.'),
  tasks: z.array(pastTaskSchema).default([]).describe('Ended tasks of the past, oldest first.'),
  cluster_log: z.array(logEntrySchema).default([]).describe('Oldest first.'),
});

/** A scenario with every default filled in. */
export type Scenario = z.output<typeof scenarioSchema>;

/** A scenario as it is written. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
