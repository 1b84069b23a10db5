import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { ScenarioInput } from '../../../simulator';
import { createActivities } from '../../../src/activities';
import { loadClusterConfig } from '../../../src/config/load';
import { createCredentialProvider } from '../../../src/credentials/provider';
import { createCredentialStore } from '../../../src/credentials/store';
import type { Decision, DecisionChoice } from '../../../src/domain/decision';
import {
  runbookWorkflowId,
  shownPlanHashLength,
  taskQueueOf,
  templateWorkflowId,
} from '../../../src/domain/names';
import type { OperationProgress } from '../../../src/domain/progress';
import type { RunbookPlan, RunbookRequest } from '../../../src/domain/runbookPlan';
import type { RunbookReport } from '../../../src/domain/runbookReport';
import type { TemplatePlan, TemplateRequest } from '../../../src/domain/templatePlan';
import type { TemplateReport } from '../../../src/domain/templateReport';
import { createProxmoxClient } from '../../../src/proxmox/client';
import { createTaskPoller, type TaskPoller } from '../../../src/proxmox/tasks/poller';
import type { ConnectedClient } from '../../../src/temporal/connection';
import { startLab, type AccessLab } from '../../activities/access/support/lab';
import { runTestWorker, testClient, uniqueName, type TestWorker } from '../../support/temporal';
import { smallCluster, testToken } from './scenario';
import { waitUntil } from '../../support/waitUntil';

/** A simulated cluster with API and SSH, a Temporal server and workers, for runs of runbooks. */
export interface RunbookStage {
  readonly lab: AccessLab;
  readonly cluster: string;
  readonly temporal: ConnectedClient;
  /** Writes a runbook into the folder of the worker's machine; without a front matter of its own it gets one. */
  write(name: string, text: string): void;
  startWorker(): Promise<void>;
  stopWorkers(): Promise<void>;
  start(request: RunbookRequest): Promise<RunningRunbook>;
  /** Starts making a template. */
  makeTemplate(request: TemplateRequest): Promise<RunningTemplate>;
  close(): Promise<void>;
}

/** One operation under way. */
export interface Running<Plan, Report> {
  readonly handle: WorkflowHandle;
  /** Waits for the plan. */
  plan(): Promise<Plan>;
  /** Waits for the plan and approves it. */
  approved(): Promise<Plan>;
  decision(): Promise<Decision>;
  decide(decision: Decision, choice: DecisionChoice): Promise<void>;
  progress(): Promise<OperationProgress>;
  /** Waits until it has got that far. */
  reached(isThere: (progress: OperationProgress) => boolean): Promise<void>;
  report(): Promise<Report>;
}

/** A run of a runbook under way. */
export type RunningRunbook = Running<RunbookPlan, RunbookReport>;
/** A template in the making. */
export type RunningTemplate = Running<TemplatePlan, TemplateReport>;

/** Steps with a front matter and a title around them. */
export function runbookText(name: string, steps: string, frontMatter = ''): string {
  return [
    ...['---', `name: ${name}`, 'description: For a test', 'requires: [api, ssh]'],
    ...(frontMatter === '' ? [] : [frontMatter.trim()]),
    ...['---', '', `# ${name}`, '', '## Steps', '', steps.trim(), ''],
  ].join('\n');
}

/** Sets the stage with one worker, which polls tasks at most once in `pollEveryMs`. Close it. */
export async function setRunbookStage(
  scenario: ScenarioInput = smallCluster('9'),
  more = '',
  { pollEveryMs = 100 } = {},
): Promise<RunbookStage> {
  const cluster = uniqueName('lab');
  const temporal = await testClient();
  const lab = await startLab(scenario, { cluster, trust: 'ca_file: ca.pem', more });
  writeFileSync(lab.tokenFile, `${testToken.id}\n${testToken.secret}\n`, { mode: 0o600 });
  mkdirSync(join(lab.folder, 'runbooks'));
  const workers: TestWorker[] = [];
  const pollers: TaskPoller[] = [];
  const closers: (() => Promise<void>)[] = [];

  async function startWorker(): Promise<void> {
    const config = loadClusterConfig(lab.configFile);
    const credentials = createCredentialStore(createCredentialProvider(config.credentials));
    const proxmox = createProxmoxClient({ cluster: config.cluster, credentials });
    const poller = createTaskPoller(proxmox, { pollEveryMs });
    const activities = createActivities({
      ...{ config, credentials, proxmox, poller, reportsFolder: join(lab.folder, 'reports') },
      ...{ ssh: lab.ssh, temporal: temporal.client, talosFolder: join(lab.folder, 'talos') },
      ansibleFolder: join(lab.folder, 'ansible'),
    });
    workers.push(await runTestWorker({ taskQueue: taskQueueOf(cluster), activities }));
    pollers.push(poller);
    closers.push(async () => proxmox.close());
  }

  async function stopWorkers(): Promise<void> {
    const stopped = workers.splice(0).map(async (worker) => worker.stop());
    for (const poller of pollers.splice(0)) poller.close();
    await Promise.all(stopped);
    await Promise.all(closers.splice(0).map(async (close) => close()));
  }

  await startWorker();
  return {
    lab,
    cluster,
    temporal,
    startWorker,
    stopWorkers,
    write: (name, text) => writeFileSync(join(lab.folder, 'runbooks', `${name}.md`), text),
    async start(request) {
      const handle = await temporal.client.workflow.start('runRunbook', {
        workflowId: runbookWorkflowId(cluster, request.runbook, uniqueName('run')),
        taskQueue: taskQueueOf(cluster),
        args: [request],
      });
      return runningOf<RunbookPlan, RunbookReport>(handle);
    },
    async makeTemplate(request) {
      const handle = await temporal.client.workflow.start('createTemplate', {
        workflowId: templateWorkflowId(cluster, request.name ?? request.runbook),
        taskQueue: taskQueueOf(cluster),
        args: [request],
      });
      return runningOf<TemplatePlan, TemplateReport>(handle);
    },
    async close() {
      await stopWorkers();
      await temporal.close();
      await lab.close();
    },
  };
}

/** An operation that was started, of any kind. */
export function runningOf<Plan extends { readonly hash: string }, Report>(
  handle: WorkflowHandle,
): Running<Plan, Report> {
  const running: Running<Plan, Report> = {
    handle,
    async plan() {
      await waitUntil('a plan that waits for approval', async () => {
        const { waitingFor, phase } = await running.progress();
        if (phase === 'closed') throw new Error(`it has ended: ${JSON.stringify(await handle.result())}`);
        return waitingFor === 'approval' ? true : undefined;
      });
      const plan = await handle.query<Plan | null>('plan');
      if (plan === null) throw new Error('there is no plan');
      return plan;
    },
    async approved() {
      const plan = await running.plan();
      const planHash = plan.hash.slice(0, shownPlanHashLength);
      await handle.executeUpdate('approve', { args: [{ planHash, by: 'test' }] });
      return plan;
    },
    decision: async () =>
      waitUntil('an open decision', async () => {
        const decisions = await handle.query<Decision[]>('decisions');
        return decisions.find((decision) => decision.answer === undefined);
      }),
    async decide(decision, choice) {
      await handle.executeUpdate('decide', { args: [{ decisionId: decision.id, choice, by: 'test' }] });
    },
    progress: async () => handle.query<OperationProgress>('progress'),
    async reached(isThere) {
      await waitUntil('that far', async () => (isThere(await running.progress()) ? true : undefined));
    },
    report: async () => handle.result() as Promise<Report>,
  };
  return running;
}
