import { continueAsNew, uuid4, workflowInfo } from '@temporalio/workflow';
import type { ClusterPlan } from '../domain/cluster/plan';
import { doesNothing } from '../domain/cluster/planned';
import type { ClusterReport } from '../domain/cluster/report';
import type { ClusterChange } from '../domain/cluster/request';
import { clusterOfTaskQueue, clusterWorkflowId } from '../domain/names';
import { clusterPlanMarkdown } from '../domain/rendering/clusterPlanMarkdown';
import type { RunbookStepResult } from '../domain/runbookReport';
import { machinesInMotion } from './cluster/inMotion';
import { changeMachines } from './cluster/phases';
import { closeCluster } from './cluster/report';
import { checkClusterChange, type ClusterChangeInput } from './cluster/request';
import { clusterRun, type ClusterOperation } from './cluster/run';
import { approvedPlan } from './shared/approval';
import { activities } from './shared/calls';
import { runOperation } from './shared/run';
import type { OperationState } from './shared/state';

/** What continue-as-new carries; nobody else passes it. */
type CarriedChange = OperationState<ClusterPlan, RunbookStepResult>;

/**
 * Changes a cluster of machines: plan -> approval of exactly that plan -> its phases, in each a pipeline for every machine
 * -> report. The workflow that keeps the cluster (`vmCluster`) starts it and is told of every machine; anybody else may
 * start it with one JSON object for a plan only, `{"request":{"profile":"plain-lab","action":"create","dryRun":true}}`.
 * Fails at once (InputInvalid) if that can't be understood.
 */
export function changeCluster(input: ClusterChangeInput, carried?: CarriedChange): Promise<ClusterReport> {
  checkClusterChange(input);
  const change = withEntity(input);
  const { dryRun, historyEventLimit } = change.request;
  const definition = {
    type: 'changeCluster' as const,
    dryRun: dryRun === true,
    describePlan: describedOnce(),
    vmidsInMotion: ({ plan, steps }: CarriedChange) => machinesInMotion(plan, steps),
    ...(historyEventLimit === undefined ? {} : { historyEventLimit }),
  };
  const goOn = (state: CarriedChange) => continueAsNew<typeof changeCluster>(change, state);
  return runOperation<ClusterPlan, RunbookStepResult, ClusterReport>(
    definition,
    carried,
    goOn,
    async (operation) => {
      const verdict = await approvedPlan(operation, planMaker(operation, change));
      if (verdict.outcome === 'approved') await changeMachines(clusterRun(operation, change, verdict.plan));
      return closeCluster(operation, change, verdict);
    },
  );
}

/** It is shown after every step, and of two hundred machines it takes its time. */
function describedOnce(): (plan: ClusterPlan) => string {
  const described = new Map<string, string>();
  return (plan) => {
    const text = described.get(plan.hash) ?? clusterPlanMarkdown(plan, workflowInfo().workflowId);
    described.set(plan.hash, text);
    return text;
  };
}

/** Who only plans is told by nobody which cluster this is: as if it were to be made. */
function withEntity({ entity, ...input }: ClusterChangeInput): ClusterChange {
  if (entity !== undefined) return { ...input, entity };
  const cluster = clusterOfTaskQueue(workflowInfo().taskQueue) ?? '';
  const workflowId = clusterWorkflowId(cluster, input.request.profile);
  return { ...input, entity: { workflowId, instance: input.record?.instance ?? uuid4() } };
}

function planMaker({ holder, state }: ClusterOperation, change: ClusterChange) {
  const { action, profile } = change.request;
  const { clusterReads: reads } = activities;
  return {
    make: (previous: ClusterPlan | undefined) =>
      reads.planCluster.executeWithOptions(
        { summary: `look and plan: ${action} the cluster ${profile}; nothing is changed` },
        [{ change, holder, ...(previous === undefined ? {} : { previous }) }],
      ),
    async holds(plan: ClusterPlan) {
      const { changes, knownTasks } = await reads.checkClusterPlan.executeWithOptions(
        { summary: 'does the approved plan still hold?' },
        [{ change, plan, holder }],
      );
      state.knownTasks = { before: knownTasks };
      return changes;
    },
    changesAnything: (plan: ClusterPlan) => !doesNothing(plan),
  };
}
