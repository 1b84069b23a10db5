import { z } from 'zod';
import type { EvacuationPlan } from '../domain/evacuationPlan';
import type { AnyPlan, AnyReport } from '../domain/operation';
import type { TaskProgress } from '../domain/progress';

/** What comes from a history, a heartbeat or a file is looked at before it is shown; unknown fields are kept. */

const taskProgress = z.object({
  upid: z.string(),
  vmid: z.number(),
  copiedBytes: z.number(),
  totalBytes: z.number(),
  bytesPerSecond: z.number(),
  lastLine: z.string(),
  secondsLeft: z.number().optional(),
});

const plan = z.object({
  operation: z.literal('evacuateNode'),
  hash: z.string(),
  cluster: z.string(),
  node: z.string(),
  moves: z.array(z.object({ vmid: z.number(), name: z.string(), target: z.string() })),
  stays: z.array(z.object({ vmid: z.number(), name: z.string(), reason: z.string() })),
  nodes: z.array(z.object({ node: z.string() })),
  totals: z.object({ guests: z.number() }),
  warnings: z.array(z.string()),
});

/** What the reports of all operations have. */
const reportBase = {
  outcome: z.string(),
  summary: z.string(),
  cluster: z.string(),
  workflowId: z.string(),
  firstExecutionRunId: z.string(),
  startedAt: z.string(),
  endedAt: z.string(),
  actions: z.array(z.unknown()),
  decisions: z.array(z.unknown()),
  warnings: z.array(z.string()),
};

const report = z.object({
  operation: z.literal('evacuateNode'),
  ...reportBase,
  node: z.string(),
  guests: z.array(z.object({ vmid: z.number(), outcome: z.string(), warnings: z.array(z.string()) })),
  arrivals: z.array(z.unknown()),
  wayBack: z.array(z.unknown()),
});

const accessOperation = z.enum(['bootstrapAccess', 'rotateToken', 'undoAccess']);
const accessItem = z.object({ what: z.string(), state: z.string(), details: z.array(z.string()) });
const trust = z.object({ nodes: z.array(z.object({ node: z.string(), fingerprint: z.string() })) });

const accessPlan = z.object({
  operation: accessOperation,
  hash: z.string(),
  cluster: z.string(),
  node: z.string(),
  profile: z.string(),
  store: z.string(),
  items: z.array(accessItem),
  steps: z.array(z.object({ id: z.string(), title: z.string() })),
  trust,
  warnings: z.array(z.string()),
});

const accessReport = z.object({
  operation: accessOperation,
  ...reportBase,
  store: z.string(),
  items: z.array(accessItem),
  steps: z.array(z.object({ title: z.string(), outcome: z.string(), warnings: z.array(z.string()) })),
  trust,
});

const runbookPlan = z.object({
  operation: z.literal('runRunbook'),
  hash: z.string(),
  cluster: z.string(),
  runbook: z.object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    parameters: z.array(z.object({ name: z.string(), value: z.string() })),
    steps: z.array(z.object({ id: z.string(), title: z.string(), shown: z.string() })),
  }),
  files: z.array(z.object({ name: z.string(), sha256: z.string() })),
  captures: z.record(z.string(), z.unknown()),
  destroys: z.array(z.string()),
  asksBefore: z.array(z.string()),
  warnings: z.array(z.string()),
});

const runbookReport = z.object({
  operation: z.literal('runRunbook'),
  ...reportBase,
  runbook: z.string(),
  title: z.string(),
  parameters: z.array(z.object({ name: z.string(), value: z.string() })),
  steps: z.array(
    z.object({ id: z.string(), title: z.string(), outcome: z.string(), warnings: z.array(z.string()) }),
  ),
  captures: z.record(z.string(), z.unknown()),
});

const templateCopy = { vmid: z.number(), node: z.string(), name: z.string(), generation: z.number() };

const oldCopy = { ...templateCopy, generation: z.number().optional() };

const templatePlan = z.object({
  operation: z.literal('createTemplate'),
  hash: z.string(),
  cluster: z.string(),
  name: z.string(),
  todo: z.enum(['build', 'replicate', 'retire', 'nothing']),
  because: z.string(),
  generation: z.number(),
  source: z.object({ kind: z.enum(['image', 'machine']), digest: z.string() }).optional(),
  runbook: z.object({ name: z.string(), sha256: z.string() }),
  files: z.array(z.object({ name: z.string(), sha256: z.string() })),
  copies: z.array(z.object({ node: z.string(), vmid: z.number(), method: z.string(), because: z.string() })),
  builds: z.array(
    z.object({
      node: z.string(),
      steps: z.array(z.object({ id: z.string(), title: z.string(), shown: z.string() })),
    }),
  ),
  asksBefore: z.array(z.string()),
  deviations: z.array(z.object({ key: z.string(), convention: z.string(), used: z.string() })),
  retires: z.array(z.object({ ...oldCopy, volumes: z.array(z.string()) })),
  keeps: z.array(z.object({ ...templateCopy, because: z.string() })),
  reservations: z.array(z.object({ storage: z.string(), bytes: z.number() })),
  warnings: z.array(z.string()),
});

const templateReport = z.object({
  operation: z.literal('createTemplate'),
  ...reportBase,
  name: z.string(),
  copies: z.array(z.object({ node: z.string(), vmid: z.number(), outcome: z.string() })),
  retired: z.array(z.object({ ...oldCopy, outcome: z.string() })),
  steps: z.array(
    z.object({ id: z.string(), title: z.string(), outcome: z.string(), warnings: z.array(z.string()) }),
  ),
});

/** Whether a value is a heartbeat of a wait on a Proxmox task. */
export function isTaskProgress(value: unknown): value is TaskProgress {
  return taskProgress.safeParse(value).success;
}

/** Whether a value has the form of an evacuation's plan. */
export function isEvacuationPlan(value: unknown): value is EvacuationPlan {
  return plan.safeParse(value).success;
}

/** Whether a value has the form of a plan of any operation. */
export function isPlan(value: unknown): value is AnyPlan {
  return [plan, accessPlan, runbookPlan, templatePlan].some((schema) => schema.safeParse(value).success);
}

/** Whether a value has the form of a report of any operation. */
export function isReport(value: unknown): value is AnyReport {
  return [report, accessReport, runbookReport, templateReport].some(
    (schema) => schema.safeParse(value).success,
  );
}
