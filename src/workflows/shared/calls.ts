import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { AccessActivities } from '../../activities/access/contract';
import type { AnsibleActivities } from '../../activities/ansible/contract';
import type { ClusterActivities } from '../../activities/cluster/contract';
import type { EvacuationActivities } from '../../activities/evacuation/contract';
import type { RunbookActivities } from '../../activities/runbook/contract';
import type { OperationActivities } from '../../activities/shared/contract';
import type { TalosActivities } from '../../activities/talos/contract';
import type { TemplateActivities } from '../../activities/template/contract';

/** Every activity beats every 2 s; a dead worker's is given to another one after this. */
const heartbeatTimeout = '10s';

/**
 * What may be repeated by itself: everything whose activity adopts before it acts, and reads. Ten attempts
 * carry it over restarts of workers and a cluster that comes back within a minute; then a person is asked.
 */
const patient = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '10s',
  maximumAttempts: 10,
} as const;

/** Reads of a whole node (1,000 guests take minutes on a busy cluster). */
const inspection = proxyActivities<
  Pick<EvacuationActivities, 'planEvacuation' | 'checkEvacuationPlan' | 'listNode'>
>({
  heartbeatTimeout,
  startToCloseTimeout: '30m',
  retry: patient,
});

/** Short calls about one guest. A start is waited for even when cancelled: its answer says what now runs. */
const changes = proxyActivities<
  Pick<EvacuationActivities, 'startMigration' | 'abortMigration' | 'proveMove'>
>({
  heartbeatTimeout,
  startToCloseTimeout: '5m',
  retry: patient,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/**
 * Waits on a Proxmox task: no total limit exists for a migration, only the lack of progress is judged, and a node that
 * does not answer counts as that. So what is tried again here is what workers survive in days: restarts and deaths.
 */
const waits = proxyActivities<Pick<EvacuationActivities, 'copyEnding' | 'awaitMigration'>>({
  heartbeatTimeout,
  startToCloseTimeout: '30d',
  retry: { ...patient, maximumAttempts: 1000 },
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

/** Waits for a person to unlock or renew credentials, as long as it takes, without a history event per try. */
const credentialWaits = proxyActivities<Pick<OperationActivities, 'awaitCredentials'>>({
  heartbeatTimeout,
  startToCloseTimeout: '1m',
  retry: { initialInterval: '5s', backoffCoefficient: 1.5, maximumInterval: '30s' },
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

/**
 * What ends an operation: tried for a while only. The ledger frees by itself what a closed operation held, and the
 * report is the workflow's result; an operation that never ended for a full disk would be worse.
 */
const closing = proxyActivities<Pick<OperationActivities, 'releaseLeases' | 'writeReport'>>({
  heartbeatTimeout,
  startToCloseTimeout: '1m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 5 },
});

/** Looks at the access over SSH; a node whose SSH hangs takes a minute. */
const accessPlanning = proxyActivities<Pick<AccessActivities, 'planAccess'>>({
  heartbeatTimeout,
  startToCloseTimeout: '10m',
  retry: patient,
});

/** One step on the access each: looked at, done once, looked at again. Its answer is waited for even when cancelled. */
const accessChanges = proxyActivities<Pick<AccessActivities, 'applyAccess' | 'issueToken' | 'forgetToken'>>({
  heartbeatTimeout,
  startToCloseTimeout: '10m',
  retry: patient,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Waits until an old token's tasks have ended: as long as a migration takes. */
const accessWaits = proxyActivities<Pick<AccessActivities, 'awaitTokenTasks'>>({
  heartbeatTimeout,
  startToCloseTimeout: '30d',
  retry: { ...patient, maximumAttempts: 1000 },
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

/** Reads runbooks on the worker's machine, and what steps of runbooks only look at; a step's own time limit is given with the call. */
const runbookReads = proxyActivities<
  Pick<RunbookActivities, 'planRunbook' | 'readStep' | 'lookBefore' | 'lookForTask'>
>({
  heartbeatTimeout,
  startToCloseTimeout: '15m',
  retry: patient,
});

/**
 * Changes of runbooks of which nothing tells afterwards whether they were made: never repeated by Temporal. Its answer
 * is waited for even when cancelled.
 */
const runbookOnce = proxyActivities<Pick<RunbookActivities, 'changeStep' | 'startTask'>>({
  heartbeatTimeout,
  startToCloseTimeout: '15m',
  retry: { maximumAttempts: 1 },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Changes of runbooks that look before they act, or write the same again. */
const runbookChanges = proxyActivities<Pick<RunbookActivities, 'startTask' | 'writeFileStep' | 'abortTask'>>({
  heartbeatTimeout,
  startToCloseTimeout: '5m',
  retry: patient,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Waits on the tasks that runbooks begin: as long as they take. */
const runbookWaits = proxyActivities<Pick<RunbookActivities, 'awaitTask'>>({
  heartbeatTimeout,
  startToCloseTimeout: '30d',
  retry: { ...patient, maximumAttempts: 1000 },
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

/** Looks at the cluster, the runbook and the image's server. */
const templateReads = proxyActivities<
  Pick<TemplateActivities, 'planTemplate' | 'checkTemplatePlan' | 'isTemplateInForce' | 'lookForDestruction'>
>({
  heartbeatTimeout,
  startToCloseTimeout: '15m',
  retry: patient,
});

/** Steps that look before they act, adopt, and of which a late duplicate is refused. A clone may wait long for its turn. */
const templateChanges = proxyActivities<
  Pick<
    TemplateActivities,
    | 'cloneForCopy'
    | 'moveTemplateCopy'
    | 'finishTemplateCopy'
    | 'cloneForBootTest'
    | 'startBootTest'
    | 'bringTemplateIntoForce'
    | 'stopBuiltGuest'
  >
>({
  heartbeatTimeout,
  startToCloseTimeout: '12h',
  retry: patient,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** A destruction is never repeated by Temporal. */
const templateOnce = proxyActivities<Pick<TemplateActivities, 'destroyBuiltGuest'>>({
  heartbeatTimeout,
  startToCloseTimeout: '5m',
  retry: { maximumAttempts: 1 },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Watches a boot: it has a limit of its own, from the configuration. */
const templateWaits = proxyActivities<Pick<TemplateActivities, 'watchBootTest'>>({
  heartbeatTimeout,
  startToCloseTimeout: '12h',
  retry: patient,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

/** Reads a tree of playbooks, and lets Ansible list hosts and tasks. */
const ansibleReads = proxyActivities<Pick<AnsibleActivities, 'planPlaybook'>>({
  heartbeatTimeout,
  startToCloseTimeout: '15m',
  retry: patient,
});

/** A run with `--check`: not repeated by itself, since it takes as long as a real one. */
const ansibleEstimates = proxyActivities<Pick<AnsibleActivities, 'estimatePlaybook'>>({
  heartbeatTimeout,
  startToCloseTimeout: '12h',
  retry: { maximumAttempts: 1 },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Begins a run of a playbook: never repeated by Temporal. */
const ansibleOnce = proxyActivities<Pick<AnsibleActivities, 'startPlaybook'>>({
  heartbeatTimeout,
  startToCloseTimeout: '10m',
  retry: { maximumAttempts: 1 },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Follows a run of a playbook, which goes on by itself: as long as it takes. */
const ansibleWaits = proxyActivities<Pick<AnsibleActivities, 'awaitPlaybook'>>({
  heartbeatTimeout,
  startToCloseTimeout: '30d',
  retry: { ...patient, maximumAttempts: 1000 },
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

/** Ends a run of a playbook; its answer is waited for. */
const ansibleChanges = proxyActivities<Pick<AnsibleActivities, 'stopPlaybook'>>({
  heartbeatTimeout,
  startToCloseTimeout: '5m',
  retry: patient,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Looks at the cluster, at profiles, at single machines. */
const clusterReads = proxyActivities<
  Pick<
    ClusterActivities,
    | 'planCluster'
    | 'checkClusterPlan'
    | 'readMember'
    | 'lookForRemoval'
    | 'lookForDisks'
    | 'lookForLeftovers'
    | 'readClusterStatus'
  >
>({
  heartbeatTimeout,
  startToCloseTimeout: '30m',
  retry: patient,
});

/** Steps on machines that look before they act, adopt, and of which a late duplicate is refused. A clone may wait long for its turn. */
const clusterChanges = proxyActivities<
  Pick<
    ClusterActivities,
    | 'cloneMachine'
    | 'moveMachine'
    | 'configureMachine'
    | 'growMachine'
    | 'startMachine'
    | 'protectMachine'
    | 'shutDownMember'
    | 'stopMember'
    | 'setMemberAside'
    | 'reviveMember'
    | 'startMember'
    | 'protectMember'
    | 'adoptMember'
  >
>({
  heartbeatTimeout,
  startToCloseTimeout: '12h',
  retry: patient,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** A deletion is never repeated by Temporal. */
const clusterOnce = proxyActivities<Pick<ClusterActivities, 'deleteMember'>>({
  heartbeatTimeout,
  startToCloseTimeout: '5m',
  retry: { maximumAttempts: 1 },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Watches a start: it has a limit of its own, from the plan. */
const clusterWaits = proxyActivities<Pick<ClusterActivities, 'watchMachine' | 'watchMember'>>({
  heartbeatTimeout,
  startToCloseTimeout: '12h',
  retry: patient,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

/** Looks at Talos machines, and for what became of a change whose answer was lost. */
const talosReads = proxyActivities<
  Pick<
    TalosActivities,
    'checkTalosTools' | 'readEtcd' | 'lookForTalosBootstrap' | 'lookForTalosReset' | 'lookForFormerMembers'
  >
>({
  heartbeatTimeout,
  startToCloseTimeout: '5m',
  retry: patient,
});

/** What finds or makes the same again: secrets, configurations, files, evictions, Flux. A drain has its own limit. */
const talosChanges = proxyActivities<
  Pick<
    TalosActivities,
    | 'makeTalosSecrets'
    | 'applyTalosConfig'
    | 'fetchKubeconfig'
    | 'snapshotEtcd'
    | 'removeEtcdMember'
    | 'drainKubernetesNode'
    | 'uncordonKubernetesNode'
    | 'deleteKubernetesNode'
    | 'bootstrapFlux'
  >
>({
  heartbeatTimeout,
  startToCloseTimeout: '12h',
  retry: patient,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Beginning etcd and wiping a machine are never repeated by Temporal. */
const talosOnce = proxyActivities<Pick<TalosActivities, 'bootstrapTalos' | 'resetTalosMachine'>>({
  heartbeatTimeout,
  startToCloseTimeout: '1h',
  retry: { maximumAttempts: 1 },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Waits with limits of their own, from the plan. */
const talosWaits = proxyActivities<
  Pick<TalosActivities, 'awaitTalosMachine' | 'awaitTalosHealth' | 'awaitKubernetesNode' | 'awaitFlux'>
>({
  heartbeatTimeout,
  startToCloseTimeout: '12h',
  retry: patient,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

/** The activities, each with its time limits and retries. */
export const activities = {
  inspection,
  changes,
  waits,
  credentialWaits,
  closing,
  accessPlanning,
  accessChanges,
  accessWaits,
  runbookReads,
  runbookOnce,
  runbookChanges,
  runbookWaits,
  templateReads,
  templateChanges,
  templateOnce,
  templateWaits,
  clusterReads,
  clusterChanges,
  clusterOnce,
  clusterWaits,
  talosReads,
  talosChanges,
  talosOnce,
  talosWaits,
  ansibleReads,
  ansibleEstimates,
  ansibleOnce,
  ansibleWaits,
  ansibleChanges,
};
