import type { ClusterFrame, ClusterPlan, PlannedMachine } from '../../domain/cluster/plan';
import type { ClusterChange } from '../../domain/cluster/request';
import type { RunbookStepResult } from '../../domain/runbookReport';
import { frameOf } from '../../planning/rules/clusterFrame';
import { tasksOfStep, type FrameRules } from '../shared/frameStep';
import type { Operation } from '../shared/operation';
import { openDecisions, type OpenStep } from '../shared/state';

/** Changing a cluster, under way. */
export type ClusterOperation = Operation<ClusterPlan, RunbookStepResult>;

/** What the steps of an approved plan work with. */
export interface ClusterRun {
  readonly operation: ClusterOperation;
  readonly change: ClusterChange;
  readonly plan: ClusterPlan;
  /** The plan as activities get it. */
  readonly frame: ClusterFrame;
  readonly rules: FrameRules;
}

/** The steps of an approved plan. */
export function clusterRun(
  operation: ClusterOperation,
  change: ClusterChange,
  plan: ClusterPlan,
): ClusterRun {
  return { operation, change, plan, frame: frameOf(plan), rules: clusterRules(operation, plan) };
}

/** The machines that a plan makes. */
export function plannedMachines({ phases }: Pick<ClusterPlan, 'phases'>): readonly PlannedMachine[] {
  return phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
}

/**
 * Each machine has its own steps, one after the other: a question about one of them holds the others up only where it is
 * about all, as missing credentials are.
 */
function clusterRules({ state }: ClusterOperation, plan: ClusterPlan): FrameRules {
  return {
    targetOf: ({ vmid }) => (vmid === undefined ? `cluster/${plan.profile}` : `qemu/${vmid}`),
    isHeld: () =>
      (state.paused && state.cancel === undefined) ||
      openDecisions(state).some(({ stepId }) => stepId === undefined),
    around: ({ record }) => (record.vmid === undefined ? aroundCluster : aroundMachine)(state.steps, record),
    otherTasks: (record) => otherTasks(state, plan, record),
  };
}

function aroundCluster(steps: readonly OpenStep[], { id }: OpenStep): string {
  const done = steps.filter((it) => it.vmid === undefined && it.id !== id && it.phase === 'done');
  return done.length === 0
    ? 'Nothing was done for the cluster as a whole before.'
    : `Done for the cluster as a whole before: ${done.map((it) => it.id).join(', ')}.`;
}

function aroundMachine(steps: readonly OpenStep[], { id, vmid }: OpenStep): string {
  const done = steps.filter((it) => it.vmid === vmid && it.id !== id && it.phase === 'done');
  const names = done.map((it) => it.id.replace(/-\d+$/, ''));
  const before =
    names.length === 0 ? 'Nothing was done to it before' : `Done to it before: ${names.join(', ')}`;
  return `${before}. The other machines go on.`;
}

/**
 * Only those on the objects that its own tasks name: this machine, and for its clone what is cloned. All of two hundred
 * machines would fill the history.
 */
function otherTasks(
  { knownTasks, steps }: ClusterOperation['state'],
  plan: ClusterPlan,
  record: OpenStep,
): readonly string[] {
  const source = plannedMachines(plan).find(({ vmid }) => vmid === record.vmid)?.source.vmid;
  const objects = new Set([String(record.vmid), ...(source === undefined ? [] : [String(source)])]);
  return [
    ...Object.values(knownTasks).flat(),
    ...steps.filter(({ id }) => id !== record.id).flatMap(tasksOfStep),
  ].filter((task) => objects.has(objectOf(task)));
}

/** What a task works on; `parseUpid` throws, which a workflow must not. */
function objectOf(upid: string): string {
  return upid.split(':')[6] ?? '';
}
