import { z } from 'zod';
import type { ClusterMember, ClusterRecord, TalosRecord } from '../../domain/cluster/member';
import { ManagerError, problem } from '../../domain/errors';
import type { Questions, ReadRequest, View } from '../../domain/readRequest';

const texts = z.array(z.string().min(1));
const rowFilter = z.strictObject({ nodes: texts, names: texts, statuses: texts });
const vmid = z.int().min(100).max(999_999_999);

/** Every field of what is kept of a cluster: one that is forgotten here would be refused. */
type FieldsOf<T> = { readonly [Field in keyof Required<T>]: z.ZodType };

const member = z.strictObject({
  name: z.string(),
  role: z.string(),
  ordinal: z.int().min(1),
  vmid,
  node: z.string().min(1),
  uuid: z.string().exactOptional(),
  run: z.string(),
  address: z.string().exactOptional(),
  generation: z.int().exactOptional(),
  state: z.enum(['made', 'ready', 'aside']),
  neverReady: z.literal(true).exactOptional(),
} satisfies FieldsOf<ClusterMember>);
const talos = z.strictObject({
  folder: z.string(),
  secretsSha256: z.string(),
  bootstrapOn: vmid.exactOptional(),
  bootstrapped: z.boolean(),
  controlPlaneRole: z.string().exactOptional(),
  filledFrom: z.string().exactOptional(),
} satisfies FieldsOf<TalosRecord>);
const record = z.strictObject({
  profile: z.string().min(1),
  instance: z.string(),
  members: z.array(member),
  endsAt: z.string().exactOptional(),
  asideUntil: z.string().exactOptional(),
  talos: talos.exactOptional(),
} satisfies FieldsOf<ClusterRecord>);

const questions = {
  health: z.strictObject({}),
  guests: rowFilter.extend({ tags: texts, guest: z.string().min(1).exactOptional() }),
  nodes: rowFilter,
  storages: rowFilter,
  tasks: z.strictObject({
    nodes: texts,
    outcomes: z.array(z.enum(['running', 'ok', 'warning', 'error', 'unknown'])),
    type: z.string().min(1).exactOptional(),
    guest: z.string().min(1).exactOptional(),
    limit: z.int().min(1).max(10_000),
  }),
  freeVmid: z.strictObject({ first: vmid, last: vmid, except: z.array(vmid).exactOptional() }),
  checkup: z.strictObject({}),
  templates: z.strictObject({ name: z.string().min(1).exactOptional(), volumes: z.boolean() }),
  machines: z.strictObject({ profile: z.string().min(1), record: record.exactOptional() }),
} satisfies { readonly [V in View]: z.ZodType<Questions[V]> };

const request: z.ZodType<ReadRequest> = z.discriminatedUnion('view', [
  z.strictObject({ view: z.literal('health'), question: questions.health }),
  z.strictObject({ view: z.literal('guests'), question: questions.guests }),
  z.strictObject({ view: z.literal('nodes'), question: questions.nodes }),
  z.strictObject({ view: z.literal('storages'), question: questions.storages }),
  z.strictObject({ view: z.literal('tasks'), question: questions.tasks }),
  z.strictObject({ view: z.literal('freeVmid'), question: questions.freeVmid }),
  z.strictObject({ view: z.literal('checkup'), question: questions.checkup }),
  z.strictObject({ view: z.literal('templates'), question: questions.templates }),
  z.strictObject({ view: z.literal('machines'), question: questions.machines }),
]);

/** A request as anybody may have started the workflow with it. Throws InputInvalid that says what is expected. */
export function parseReadRequest(given: unknown): ReadRequest {
  const parsed = request.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: 'read the cluster',
      failed: `the request is not understood: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`,
    }),
  );
}
