/**
 * Who holds a lease: the workflow ID and the first run of its chain, so that continue-as-new keeps it and a
 * later operation of the same ID does not inherit it.
 */
export interface LeaseHolder {
  readonly workflowId: string;
  readonly firstExecutionRunId: string;
}

/** Why a lease was not granted. */
export interface LeaseConflict {
  /** In words, e.g. `pve02 is being emptied by evacuate-node/lab/pve02`. */
  readonly text: string;
  readonly heldBy: LeaseHolder;
}
