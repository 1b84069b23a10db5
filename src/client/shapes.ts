import { z } from 'zod';
import { progressForm } from '../ansible/runs/endingForm';
import type { PlaybookProgress } from '../domain/ansible/run';
import type { ClusterView } from '../domain/cluster/messages';
import { clusterActions } from '../domain/cluster/request';
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

const hostResult = { host: z.string(), ok: z.number(), changed: z.number(), failed: z.number() };

const playbookPlan = z.object({
  operation: z.literal('runPlaybook'),
  hash: z.string(),
  cluster: z.string(),
  playbook: z.string(),
  tree: z.object({ root: z.string(), sha256: z.string(), files: z.number(), bytes: z.number() }),
  besideTree: z.array(z.object({ path: z.string(), sha256: z.string() })),
  tags: z.array(z.string()),
  skipTags: z.array(z.string()),
  plays: z.array(
    z.object({
      name: z.string(),
      pattern: z.string(),
      hosts: z.array(z.string()),
      tasks: z.array(z.string()),
    }),
  ),
  hosts: z.array(z.string()),
  warnings: z.array(z.string()),
});

const playbookReport = z.object({
  operation: z.literal('runPlaybook'),
  ...reportBase,
  playbook: z.string(),
  hosts: z.array(z.object({ ...hostResult, outcome: z.string() })),
  failures: z.array(z.object({ host: z.string(), task: z.string(), words: z.string() })),
  runs: z.number(),
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

const member = { name: z.string(), vmid: z.number(), node: z.string(), role: z.string(), state: z.string() };
const removals = z.array(
  z.object({
    member: z.object(member),
    volumes: z.array(z.string()),
    running: z.boolean(),
    asideName: z.string(),
  }),
);

const clusterPlan = z.object({
  operation: z.literal('changeCluster'),
  action: z.enum(clusterActions),
  hash: z.string(),
  cluster: z.string(),
  profile: z.string(),
  phases: z.array(
    z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('make'),
        machines: z.array(
          z.object({
            name: z.string(),
            vmid: z.number(),
            node: z.string(),
            way: z.enum(['linked', 'full', 'fullThenMoved']),
            source: z.object({ node: z.string(), vmid: z.number() }),
            moreDisks: z.array(z.object({ key: z.string(), sizeBytes: z.number() })),
          }),
        ),
      }),
      z.object({ kind: z.enum(['setAside', 'delete', 'revive']), removals }),
      z.object({
        kind: z.literal('adopt'),
        adoptions: z.array(z.object({ name: z.string(), vmid: z.number(), nameNow: z.string() })),
      }),
    ]),
  ),
  keeps: z.array(z.object(member)),
  leftAlone: z.array(z.object({ vmid: z.number(), name: z.string(), because: z.string() })),
  readiness: z.enum(['agent', 'talosApi', 'running']),
  storageReservations: z.array(z.object({ storage: z.string(), bytes: z.number() })),
  estimate: z.object({ clonesSeconds: z.number(), readySeconds: z.number() }),
  warnings: z.array(z.string()),
});

const clusterReport = z.object({
  operation: z.literal('changeCluster'),
  ...reportBase,
  action: z.enum(clusterActions),
  profile: z.string(),
  machines: z.array(z.object({ name: z.string(), vmid: z.number(), node: z.string(), outcome: z.string() })),
  members: z.array(z.object(member)),
  steps: z.array(
    z.object({ id: z.string(), title: z.string(), outcome: z.string(), warnings: z.array(z.string()) }),
  ),
});

const clusterView = z.object({
  cluster: z.string(),
  profile: z.string(),
  record: z
    .object({ profile: z.string(), instance: z.string(), members: z.array(z.object(member)) })
    .optional(),
  operation: z
    .object({ action: z.enum(clusterActions), workflowId: z.string(), since: z.string() })
    .optional(),
  last: z.object({ action: z.enum(clusterActions), summary: z.string() }).optional(),
  notice: z.string().optional(),
});

/** Whether a value is what the workflow of a cluster answers. */
export function isClusterView(value: unknown): value is ClusterView {
  return clusterView.safeParse(value).success;
}

/** Whether a value is a heartbeat of a wait on a Proxmox task. */
export function isTaskProgress(value: unknown): value is TaskProgress {
  return taskProgress.safeParse(value).success;
}

/** Whether a value is a heartbeat of a run of a playbook. */
export function isPlaybookProgress(value: unknown): value is PlaybookProgress {
  return progressForm.safeParse(value).success;
}

/** Whether a value has the form of an evacuation's plan. */
export function isEvacuationPlan(value: unknown): value is EvacuationPlan {
  return plan.safeParse(value).success;
}

/** Whether a value has the form of a plan of any operation. */
export function isPlan(value: unknown): value is AnyPlan {
  return [plan, accessPlan, runbookPlan, playbookPlan, templatePlan, clusterPlan].some(
    (schema) => schema.safeParse(value).success,
  );
}

/** Whether a value has the form of a report of any operation. */
export function isReport(value: unknown): value is AnyReport {
  return [report, accessReport, runbookReport, playbookReport, templateReport, clusterReport].some(
    (schema) => schema.safeParse(value).success,
  );
}
