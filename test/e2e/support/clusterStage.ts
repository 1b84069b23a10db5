import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WithStartWorkflowOperation, WorkflowIdConflictPolicy } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { ScenarioInput } from '../../../simulator';
import type { ActionMessage, ActionStarted, ClusterView } from '../../../src/domain/cluster/messages';
import type { ClusterPlan, PlannedMachine } from '../../../src/domain/cluster/plan';
import type { ClusterReport } from '../../../src/domain/cluster/report';
import type { ClusterAction } from '../../../src/domain/cluster/request';
import { clusterMessages, clusterWorkflowId, taskQueueOf, workflowTypes } from '../../../src/domain/names';
import { templateCopy } from '../../activities/cluster/given';
import { waitUntil } from '../../support/waitUntil';
import { runningOf, setRunbookStage, type Running, type RunbookStage } from './runbookStage';
import { smallCluster, type ProxmoxVersion } from './scenario';

/** A change of a cluster under way. */
export type RunningChange = Running<ClusterPlan, ClusterReport>;

/** A simulated cluster with templates, and what keeps clusters of machines on it. */
export interface ClusterStage extends RunbookStage {
  /** Writes a profile beside the configuration. */
  writeProfile(name: string, text: string): void;
  /** Asks the workflow that keeps the cluster, which is started where it is not there; `historyEventLimit` is its own then. */
  ask(
    profile: string,
    action: ClusterAction,
    message?: ActionMessage,
    historyEventLimit?: number,
  ): Promise<RunningChange>;
  /** Asks, approves the plan and waits for the report. */
  change(profile: string, action: ClusterAction, message?: ActionMessage): Promise<ClusterReport>;
  /**
   * The operation that is under way; waits for its run, since the cluster says that it begins before it does, while the
   * one before it, which has the same workflow ID, may still be ending.
   */
  waitingChange(profile: string): Promise<RunningChange>;
  view(profile: string): Promise<ClusterView>;
  /** Waits until the cluster is so. */
  seen(profile: string, what: string, isSo: (view: ClusterView) => boolean): Promise<ClusterView>;
}

const conventions = (bootTimeout: string) => `
defaults:
  storage: local-lvm
  network_bridge: vmbr0
vmid_ranges:
  templates: 900-999
  vms: 1000-1999
templates:
  boot_timeout: ${bootTimeout}
`;

/** Three workers of a profile, with what else it says. */
export function profileText(name: string, more = 'type: plain'): string {
  return [
    `name: ${name}`,
    'template: debian-13',
    'roles:',
    '  worker: { count: 3, cores: 1, memory: 1GiB }',
    more,
    '',
  ].join('\n');
}

/** The cluster of {@link smallCluster} with copies of the template debian-13 on its nodes; its machines boot in a second. `more`: of the configuration; `bootTimeout`: how long a machine is waited for. */
export async function setClusterStage(
  version: ProxmoxVersion = '9',
  more = '',
  bootTimeout = '2m',
): Promise<ClusterStage> {
  const stage = await setRunbookStage(clusterScenario(version), `${conventions(bootTimeout)}${more}`);
  for (const volume of stage.lab.simulator.control.cluster.volumes.all()) {
    if (!/base-\d+-disk-0/.test(volume.volid)) continue;
    volume.inside = { agent: true, bootSeconds: 1, machineId: undefined, hostKey: undefined };
  }
  return withClusters(stage);
}

function clusterScenario(version: ProxmoxVersion): ScenarioInput {
  const copies = ['pve01', 'pve02', 'pve03'].map((node, at) => templateCopy(900 + at, node));
  return smallCluster(version, copies);
}

/** A stage on which clusters of machines are made; what its scenario lacks for that is the caller's. */
export function withClusters(stage: RunbookStage): ClusterStage {
  const { cluster, temporal, lab } = stage;
  mkdirSync(join(lab.folder, 'clusters'));
  const { workflow } = temporal.client;
  const view = (profile: string) =>
    workflow.getHandle(clusterWorkflowId(cluster, profile)).query<ClusterView>(clusterMessages.cluster);
  const changeOf = (workflowId: string, firstExecutionRunId: string) =>
    runningOf<ClusterPlan, ClusterReport>(workflow.getHandle(workflowId, undefined, { firstExecutionRunId }));
  const clusters: ClusterStage = {
    ...stage,
    view,
    writeProfile: (name, text) => writeFileSync(join(lab.folder, 'clusters', `${name}.yaml`), text),
    async ask(profile, action, message = {}, historyEventLimit) {
      const startWorkflowOperation = new WithStartWorkflowOperation(workflowTypes.vmCluster, {
        workflowId: clusterWorkflowId(cluster, profile),
        taskQueue: taskQueueOf(cluster),
        args: [{ cluster, profile, ...(historyEventLimit === undefined ? {} : { historyEventLimit }) }],
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      });
      const { workflowId, firstExecutionRunId } = await workflow.executeUpdateWithStart<
        Workflow,
        ActionStarted,
        [ActionMessage]
      >(action, { args: [{ requestedBy: 'test', ...message }], startWorkflowOperation });
      return changeOf(workflowId, firstExecutionRunId);
    },
    async change(profile, action, message) {
      const running = await clusters.ask(profile, action, message);
      await running.approved();
      return running.report();
    },
    async waitingChange(profile) {
      const { workflowId, run } = await waitUntil(`a change of ${profile} that runs`, async () => {
        const { operation } = await view(profile);
        return operation?.run === undefined ? undefined : { ...operation, run: operation.run };
      });
      return changeOf(workflowId, run);
    },
    seen: (profile, what, isSo) =>
      waitUntil(what, async () => {
        const now = await view(profile);
        return isSo(now) ? now : undefined;
      }),
  };
  return clusters;
}

/**
 * Orders that a local volume outlives the deletion of its machine, as one does that Proxmox could not free. What it returns
 * waits until the disks on that node are looked for after the deletion, and has to be waited for.
 */
export function volumeStays({ lab }: ClusterStage, volid: string): () => Promise<void> {
  const { control } = lab.simulator;
  const volume = control.cluster.volumes.all().find((it) => it.volid === volid);
  if (volume?.node === undefined) throw new Error(`${volid} is on no node`);
  const path = `/nodes/${volume.node}/storage/${volume.storage}/content`;
  const hold = control.holdRequest({ method: 'GET', path }, 'before handling');
  return async () => {
    await hold.arrived;
    control.cluster.volumes.add(volume);
    hold.release();
  };
}

/** The machines that a plan makes. */
export function planned({ phases }: ClusterPlan): readonly PlannedMachine[] {
  return phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
}
