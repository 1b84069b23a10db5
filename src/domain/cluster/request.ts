import type { ClusterRecord } from './member';

/** What can be done to a cluster. `purge` deletes what a destruction has set aside. */
export const clusterActions = [
  'create',
  'scale',
  'replace',
  'upgrade',
  'rebuild',
  'destroy',
  'purge',
  'undo',
  'adopt',
] as const;
/** One of them. */
export type ClusterAction = (typeof clusterActions)[number];

/** No time of a cluster is longer than ten years, in milliseconds. */
export const longestTimeMs = 3650 * 86_400_000;

/** What a change of a cluster is started with: one JSON object. */
export interface ClusterRequest {
  readonly profile: string;
  readonly action: ClusterAction;
  /** Our name of the Proxmox cluster, as a check that the right worker answers. */
  readonly cluster?: string;
  /** scale: how many machines a role has then, by its name. */
  readonly counts?: Readonly<Record<string, number>>;
  /** replace: names of the machines. */
  readonly machines?: readonly string[];
  /** replace: a machine of these that is not among the members is made all the same, in the place that its name has in the profile. */
  readonly orMissing?: boolean;
  /** adopt: VMIDs by the name that the machine has in the profile. */
  readonly adopt?: Readonly<Record<string, number>>;
  /** destroy: delete at once instead of setting aside. */
  readonly now?: boolean;
  /** destroy: how long what is set aside can be brought back, at most ten years. Default 24 hours. */
  readonly graceMs?: number;
  /** destroy, replace, scale, upgrade, rebuild: stop hard what has not shut down after {@link shutdownTimeoutMs}. Default: ask. */
  readonly hardStop?: boolean;
  /** How long a shutdown may take. Default 3 minutes. */
  readonly shutdownTimeoutMs?: number;
  /** Ends after the plan; nothing is leased. */
  readonly dryRun?: boolean;
  /** Who asks, as a claim. */
  readonly requestedBy?: string;
  /** Continue as new at this many history events (tests). */
  readonly historyEventLimit?: number;
}

/** What the entity passes to the operation beside the request. */
export interface ClusterChange {
  readonly request: ClusterRequest;
  /** The cluster as it is before; absent: there is none yet. */
  readonly record?: ClusterRecord;
  /** The workflow that keeps the record and is told of every member. */
  readonly entity: { readonly workflowId: string; readonly instance: string };
}
