import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { ScenarioInput } from '../../../simulator';
import { createActivities } from '../../../src/activities';
import { loadClusterConfig } from '../../../src/config/load';
import { createCredentialProvider } from '../../../src/credentials/provider';
import { createCredentialStore } from '../../../src/credentials/store';
import type { AccessRequest } from '../../../src/domain/access';
import type { AccessOperation, AccessPlan } from '../../../src/domain/accessPlan';
import type { AccessReport } from '../../../src/domain/accessReport';
import type { Decision, DecisionChoice } from '../../../src/domain/decision';
import type { EvacuationRequest } from '../../../src/domain/evacuationPlan';
import {
  accessWorkflowId,
  evacuationWorkflowId,
  shownPlanHashLength,
  taskQueueOf,
} from '../../../src/domain/names';
import type { OperationProgress } from '../../../src/domain/progress';
import { createProxmoxClient } from '../../../src/proxmox/client';
import { createTaskPoller } from '../../../src/proxmox/tasks/poller';
import type { ConnectedClient } from '../../../src/temporal/connection';
import { startLab, type AccessLab, type LabOptions } from '../../activities/access/support/lab';
import { runTestWorker, testClient, uniqueName, type TestWorker } from '../../support/temporal';
import { waitUntil } from '../../support/waitUntil';

/** A simulated cluster with SSH, a Temporal server and workers, for operations on access. */
export interface AccessStage {
  readonly lab: AccessLab;
  readonly cluster: string;
  readonly temporal: ConnectedClient;
  startWorker(): Promise<void>;
  stopWorkers(): Promise<void>;
  start(operation: AccessOperation, request?: AccessRequest): Promise<AccessRunning>;
  /** Starts it, approves its plan if it waits, resolves with the report. */
  bring(operation: AccessOperation, request?: AccessRequest): Promise<AccessReport>;
  /** Starts the evacuation of a node. */
  evacuate(request: EvacuationRequest): Promise<WorkflowHandle>;
  close(): Promise<void>;
}

/** One operation on access under way. */
export interface AccessRunning {
  readonly handle: WorkflowHandle;
  plan(): Promise<AccessPlan>;
  approve(): Promise<void>;
  /** Waits for the plan and approves it. */
  approved(): Promise<AccessPlan>;
  decision(): Promise<Decision>;
  decide(decision: Decision, choice: DecisionChoice): Promise<void>;
  report(): Promise<AccessReport>;
}

/** Sets the stage with one worker. Close it. */
export async function setAccessStage(
  scenario: ScenarioInput,
  options: Omit<LabOptions, 'cluster'> = {},
): Promise<AccessStage> {
  const cluster = uniqueName('lab');
  const lab = await startLab(scenario, { ...options, cluster });
  const temporal = await testClient();
  const workers: TestWorker[] = [];
  const closers: (() => Promise<void>)[] = [];

  async function startWorker(): Promise<void> {
    const config = loadClusterConfig(lab.configFile);
    const credentials = createCredentialStore(createCredentialProvider(config.credentials));
    const proxmox = createProxmoxClient({ cluster: config.cluster, credentials });
    const poller = createTaskPoller(proxmox);
    const reportsFolder = join(lab.folder, 'reports');
    const activities = createActivities({
      ...{ config, credentials, proxmox, poller, reportsFolder },
      ssh: lab.ssh,
      temporal: temporal.client,
    });
    workers.push(await runTestWorker({ taskQueue: taskQueueOf(cluster), activities }));
    closers.push(async () => {
      poller.close();
      await proxmox.close();
    });
  }

  async function stopWorkers(): Promise<void> {
    await Promise.all(workers.splice(0).map(async (worker) => worker.stop()));
    await Promise.all(closers.splice(0).map(async (close) => close()));
  }

  await startWorker();
  const stage: AccessStage = {
    lab,
    cluster,
    temporal,
    startWorker,
    stopWorkers,
    async start(operation, request = {}) {
      const handle = await temporal.client.workflow.start(operation, {
        workflowId: accessWorkflowId(cluster),
        taskQueue: taskQueueOf(cluster),
        args: [request],
      });
      return runningOf(handle);
    },
    async bring(operation, request) {
      const running = await stage.start(operation, request);
      await running.approved();
      return running.report();
    },
    evacuate: async (request) =>
      temporal.client.workflow.start('evacuateNode', {
        workflowId: evacuationWorkflowId(cluster, request.node),
        taskQueue: taskQueueOf(cluster),
        args: [request],
      }),
    async close() {
      await stopWorkers();
      await temporal.close();
      await lab.close();
    },
  };
  return stage;
}

function runningOf(handle: WorkflowHandle): AccessRunning {
  const running: AccessRunning = {
    handle,
    async plan() {
      await waitUntil('a plan that waits for approval', async () => {
        const { waitingFor } = await handle.query<OperationProgress>('progress');
        return waitingFor === 'approval' ? true : undefined;
      });
      const plan = await handle.query<AccessPlan | null>('plan');
      if (plan === null) throw new Error('there is no plan');
      return plan;
    },
    async approve() {
      const plan = await handle.query<AccessPlan>('plan');
      const planHash = plan.hash.slice(0, shownPlanHashLength);
      await handle.executeUpdate('approve', { args: [{ planHash, by: 'test' }] });
    },
    async approved() {
      const plan = await running.plan();
      await running.approve();
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
    report: async () => handle.result() as Promise<AccessReport>,
  };
  return running;
}
