import { z } from 'zod';
import { ManagerError, problem } from '../../domain/errors';
import type { Readings, View } from '../../domain/readRequest';

/** What comes from a history is looked at before it is shown; unknown fields are kept. */

const base = z.looseObject({
  cluster: z.string(),
  takenAt: z.string(),
  unanswered: z.array(z.looseObject({ node: z.string(), problem: z.looseObject({ failed: z.string() }) })),
  warnings: z.array(z.string()),
});
const node = z.looseObject({ node: z.string(), status: z.string(), guests: z.number() });
const guest = z.looseObject({
  vmid: z.number(),
  kind: z.string(),
  node: z.string(),
  status: z.string(),
  tags: z.array(z.string()),
});
const storage = z.looseObject({
  storage: z.string(),
  nodes: z.array(z.string()),
  unavailableOn: z.array(z.string()),
  unknownOn: z.array(z.string()),
  content: z.array(z.string()),
});
const task = z.looseObject({
  upid: z.string(),
  node: z.string(),
  type: z.string(),
  object: z.string(),
  user: z.string(),
  startedAt: z.string(),
  outcome: z.string(),
});

const markedCopy = z.looseObject({
  vmid: z.number(),
  node: z.string(),
  name: z.string(),
  isTemplate: z.boolean(),
  marker: z.looseObject({
    name: z.string(),
    source: z.string(),
    digest: z.string(),
    runbook: z.string(),
    operation: z.string(),
    run: z.string(),
    made: z.string(),
  }),
  volumes: z.array(z.string()),
});

function told(fields: z.ZodRawShape): z.ZodType {
  return z.discriminatedUnion('known', [
    z.looseObject({ known: z.literal(true), ...fields }),
    z.looseObject({ known: z.literal(false), because: z.string() }),
  ]);
}

const shapes: Readonly<Record<View, z.ZodType>> = {
  health: base.extend({
    quorate: z.boolean(),
    nodes: z.array(node),
    guests: z.record(z.string(), z.number()),
    locked: z.array(z.looseObject({ vmid: z.number(), node: z.string() })),
    storages: z.array(storage),
    runningTasks: z.array(task),
  }),
  guests: base.extend({ guests: z.array(guest) }),
  nodes: base.extend({ quorate: z.boolean(), nodes: z.array(node) }),
  storages: base.extend({ storages: z.array(storage) }),
  tasks: base.extend({ tasks: z.array(task) }),
  freeVmid: base.extend({ first: z.number(), last: z.number(), vmid: z.number().optional() }),
  checkup: z.looseObject({
    findings: z.array(
      z.looseObject({ check: z.string(), status: z.string(), where: z.string(), what: z.string() }),
    ),
  }),
  templates: base.extend({
    templates: z.array(
      z.looseObject({
        name: z.string(),
        versions: z.array(z.looseObject({ generation: z.number(), copies: z.array(markedCopy) })),
        unfinished: z.array(markedCopy),
        lackingOn: z.array(z.string()),
        isShared: z.boolean(),
      }),
    ),
    strangers: z.array(z.looseObject({ vmid: z.number(), node: z.string(), name: z.string() })),
  }),
  machines: base.extend({
    profile: z.string(),
    machines: z.array(
      z.looseObject({
        name: z.string(),
        role: z.string(),
        ordinal: z.number(),
        state: z.string(),
        differences: z.array(z.string()),
      }),
    ),
    others: z.array(z.looseObject({ vmid: z.number(), node: z.string(), because: z.string() })),
    talos: z
      .looseObject({
        etcd: told({ members: z.number(), votes: z.number(), running: z.number(), needed: z.number() }),
        kubernetes: told({ nodes: z.number(), ready: z.number(), notReady: z.array(z.string()) }),
        flux: told({ ready: z.string() }).optional(),
      })
      .optional(),
  }),
};

/** A reading that a worker sent. Throws AnswerUnreadable if the worker's version has another form. */
export function checkReading<V extends View>(view: V, value: unknown): Readings[V] {
  if (isReading(view, value)) return value;
  throw new ManagerError(
    problem('AnswerUnreadable', {
      attempted: `read ${view} through a worker`,
      failed: 'its answer has another form',
      remedy: 'The worker may have another version: stop it and start it again (pxm down, then pxm up).',
    }),
  );
}

function isReading<V extends View>(view: V, value: unknown): value is Readings[V] {
  return shapes[view].safeParse(value).success;
}
