import { z } from 'zod';
import { guestSchema } from '../../../simulator/scenario/guest-schema';
import type { Json, JsonObject } from '../json';

const vmid = z.int().min(100).describe('Guest id');
const node = z.string().describe('Node name');
const daemon = z.enum(['pveproxy', 'pvedaemon', 'corosync']);
const json: z.ZodType<Json> = z.json();
const params: z.ZodType<JsonObject> = z.record(z.string(), json);

const requestEvent = z
  .strictObject({
    kind: z.literal('request'),
    as: z.string().describe('Who asks: a token id such as `claude-code@pve!wfe`, or `root@pam ticket`'),
    node: z.string().optional().describe('Node that is asked; the first one by default'),
    method: z.enum(['GET', 'POST', 'PUT', 'DELETE']),
    path: z.string().describe('With the format: /api2/json/...'),
    params: params.optional(),
    task: z.string().optional().describe('The recorded UPID that the UPID in the answer stands for'),
    wait: z.boolean().default(true).describe('Wait until the task has ended'),
  })
  .describe('Somebody (root, another client) asked for something; the answer was not recorded');

const event = z.discriminatedUnion('kind', [
  requestEvent,
  z
    .strictObject({ kind: z.literal('time-passes'), seconds: z.number().positive() })
    .describe('Nothing happens for so many seconds'),
  z
    .strictObject({ kind: z.literal('task-ended'), task: z.string().describe('Recorded UPID') })
    .describe('The recorder went on only after this task had ended'),
  z
    .strictObject({ kind: z.literal('task-known'), task: z.string().describe('Recorded UPID') })
    .describe(
      'The newest task of the same type, guest and user on the same node is the one that the recording names',
    ),
  z
    .strictObject({ kind: z.literal('worker-killed'), task: z.string().describe('Recorded UPID') })
    .describe("SIGKILL to a task's worker process"),
  z
    .strictObject({
      kind: z.literal('guest-changed'),
      vmid,
      set: z
        .record(z.string(), z.string())
        .default({})
        .describe('Configuration options as in the .conf file'),
      delete: z.array(z.string()).default([]),
      node: z.string().optional().describe('The configuration file is moved to this node'),
    })
    .describe('root edited the configuration file, e.g. with `qm set --skiplock` or `qm unlock`'),
  z.strictObject({ kind: z.literal('guest-started'), vmid }).describe('root started it with `qm start`'),
  z.strictObject({ kind: z.literal('guest-stopped'), vmid }).describe('root stopped it with `qm stop`'),
  z
    .strictObject({ kind: z.literal('guest-process-killed'), vmid, node: node.optional() })
    .describe('SIGKILL to its QEMU process (on its own node, or on the node named)'),
  z
    .strictObject({
      kind: z.literal('guest-behaviour'),
      vmid,
      agentRunning: z.boolean().optional().describe('The guest agent answers'),
      respondsToAcpi: z.boolean().optional().describe('The guest shuts down when asked'),
      qemuStatus: z
        .enum(['running', 'paused', 'prelaunch', 'internal-error', 'io-error'])
        .optional()
        .describe('What QEMU does, e.g. internal-error after a crash inside the guest'),
    })
    .describe('What happens inside of the guest'),
  z
    .strictObject({ kind: z.literal('guest-added'), guest: guestSchema })
    .describe('root made it with `qm create`, or restored it'),
  z.strictObject({ kind: z.literal('guest-removed'), vmid }).describe('root removed it with `qm destroy`'),
  z.strictObject({ kind: z.literal('link-cut'), node }).describe('The node is cut off from the others'),
  z.strictObject({ kind: z.literal('link-restored'), node }),
  z.strictObject({ kind: z.literal('daemon-stopped'), node, daemon }),
  z.strictObject({ kind: z.literal('daemon-started'), node, daemon }),
  z
    .strictObject({ kind: z.literal('storage-full'), storage: z.string(), node: node.optional() })
    .describe('Something else fills the storage'),
]);

/** Something that happened to the cluster beside the recorded exchanges. */
export const timedEventSchema = z.strictObject({
  before: z
    .union([z.int().nonnegative(), z.string()])
    .describe('The exchange before which it happened: its index in the recording (from 0), or its title'),
  event,
});

/** Something that happened and is no recorded exchange. */
export type OutOfBandEvent = z.infer<typeof event>;

/** A request that somebody else made. */
export type RequestEvent = z.infer<typeof requestEvent>;

/** An event with the exchange before which it happened. */
export type TimedEvent = z.infer<typeof timedEventSchema>;
