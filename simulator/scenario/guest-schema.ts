import { z } from 'zod';
import { configSection, size } from './values';

const snapshot = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  parent: z.string().optional(),
  with_memory: z.boolean().default(false),
  created: z.number().optional().describe('Seconds since the epoch.'),
  config: configSection.optional().describe('The configuration as it was; the current one by default.'),
});

/** What all guests of a scenario have, also generated ones. */
const guestBehaviour = {
  status: z.enum(['running', 'stopped', 'paused']).default('stopped'),
  uptime: z.number().nonnegative().default(86_400).describe('Seconds that a running guest has been up.'),
  memory_used: size.optional().describe('Memory really used; 60 % of the configured memory by default.'),
  dirty_rate: size.default(0).describe('Bytes of memory dirtied per second.'),
  cpu_load: z.number().min(0).max(1).default(0.05),
  responds_to_acpi: z.boolean().default(true),
  shutdown_seconds: z.number().nonnegative().default(5),
  agent_running: z.boolean().default(false),
  dhcp: z.boolean().default(true).describe('A DHCP server answers it.'),
};

/** One guest. */
export const guestSchema = z.strictObject({
  vmid: z.number().int().min(100).max(999_999_999),
  type: z.enum(['qemu', 'lxc']).default('qemu'),
  node: z.string(),
  name: z
    .string()
    .optional()
    .describe('Short for `name` (virtual machines) or `hostname` (containers) in config.'),
  lock: z.string().optional().describe('Short for `lock` in config.'),
  pool: z.string().optional(),
  config: configSection
    .default({})
    .describe("Proxmox's keys verbatim, disks included; the disks' volumes are made."),
  verbatim: z
    .boolean()
    .default(false)
    .describe('True: nothing is added to config (no meta, smbios1, vmgenid, boot).'),
  snapshots: z.array(snapshot).default([]),
  ...guestBehaviour,
});

/** Many guests that are alike. `{n}` in texts is the guest's number from 1, `{vmid}` its id. */
export const generateSchema = z.strictObject({
  count: z.number().int().min(1),
  first_vmid: z.number().int().min(100),
  nodes: z.array(z.string()).min(1).describe('Taken in turn.'),
  name: z.string().default('vm-{n}'),
  config: configSection.default({}),
  memory: z
    .array(z.number().int().min(16))
    .min(1)
    .optional()
    .describe('Configured memory in MiB, taken in turn; overrides memory in config.'),
  dirty_rates: z
    .array(size)
    .min(1)
    .optional()
    .describe('Bytes per second, taken in turn; overrides dirty_rate.'),
  statuses: z
    .array(z.enum(['running', 'stopped']))
    .min(1)
    .optional()
    .describe('Taken in turn; overrides status.'),
  ...guestBehaviour,
});

/** A guest as a scenario describes it. */
export type ScenarioGuest = z.output<typeof guestSchema>;

/** A group of generated guests. */
export type ScenarioGenerate = z.output<typeof generateSchema>;
