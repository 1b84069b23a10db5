import type { ClusterConfig, ConventionSettings } from '../../config/clusterConfig';
import type { PlaybookPlan } from '../../domain/ansible/plan';
import type { ClusterProfile } from '../../domain/cluster/profile';
import type { ClusterChange } from '../../domain/cluster/request';
import type { OperationTimes } from '../../domain/evacuationPlan';
import type { ClusterLook } from './facts';

/** What the planner is told by the configuration. */
export interface ClusterPlanningSettings extends OperationTimes {
  /** Share of a node's memory that may be taken with the new machines. */
  readonly targetMemoryShare: number;
  /** Of a node's migration link; absent: 1 Gbit/s is assumed. */
  readonly networkSpeedBytesPerSecond?: number;
  /** What one migration stream reaches at best. */
  readonly streamCapBytesPerSecond?: number;
  readonly bandwidthLimitBytesPerSecond?: number;
  /** How long a machine may take until it is ready. */
  readonly readyWithinMs: number;
}

/** The planner's part of the configuration. A machine may take as long as a template's test clone. */
export function clusterSettingsOf(
  config: Pick<ClusterConfig, 'migration' | 'limits' | 'approval' | 'templates'>,
): ClusterPlanningSettings {
  return {
    ...config.migration,
    ...config.limits,
    ...config.approval,
    readyWithinMs: config.templates.bootTimeoutMs,
  };
}

/** What an outline is made from: the request, the profile, fresh facts. */
export interface ClusterOutlineInput {
  readonly change: ClusterChange;
  /** Our name of the Proxmox cluster. */
  readonly cluster: string;
  /** Absent where its file is gone: destroy, purge and undo work all the same. */
  readonly profile?: ClusterProfile;
  readonly facts: ClusterLook;
  readonly conventions: ConventionSettings;
  readonly settings: ClusterPlanningSettings;
  readonly now: Date;
  /** Version of proxmox-manager. */
  readonly product: string;
}

/** What a plan is made from. */
export interface ClusterPlanInput extends ClusterOutlineInput {
  /** The VMID of a new machine, by its name: leased, or only free for a dry run. Asked for those of the outline only. */
  readonly vmids: (name: string) => number;
  /** How the playbooks of the profile would be run on the machines that are made. */
  readonly playbooks?: readonly PlaybookPlan[];
}
