import type {
  BootReport,
  CopyStepArguments,
  DestroyArguments,
  Destruction,
  TaskBegun,
  TemplateStepArguments,
} from '../../domain/template/step';
import type { TemplateFrame, TemplatePlan, TemplateRequest } from '../../domain/templatePlan';
import type { LeaseHolderArgument } from '../shared/contract';

/** What planning a template starts from. */
export interface TemplatePlanArguments extends LeaseHolderArgument {
  readonly request: TemplateRequest;
  /** The plan that this one replaces, for the difference in words. */
  readonly previous?: TemplatePlan;
}

/** A plan that was made, and what differs from the one before it. */
export interface TemplatePlanMade {
  readonly plan: TemplatePlan;
  readonly changes: readonly string[];
}

/** An approved plan that is looked at once more. */
export interface TemplateCheckArguments {
  readonly request: TemplateRequest;
  readonly plan: TemplateFrame;
}

/** What came of it. */
export interface TemplateCheck {
  /** In words; empty: the plan holds. */
  readonly changes: readonly string[];
  /** Tasks from before the first step: none of them is adopted. */
  readonly knownTasks: readonly string[];
}

/**
 * The activities of making a template. Those that begin a task adopt one of ours that nobody judged, and are done where
 * their goal is reached; the steps of the runbook, `awaitTask` and `abortTask` are those of runs of runbooks.
 */
export interface TemplateActivities {
  /**
   * Reads the cluster and the runbook, resolves the source, leases VMIDs and storage room (a dry run leases nothing).
   * Repeating it is harmless: nothing changes on the cluster, the ledger gives the same VMIDs again.
   */
  planTemplate(input: TemplatePlanArguments): Promise<TemplatePlanMade>;
  /** Whether an approved plan still holds. Only looks. */
  checkTemplatePlan(input: TemplateCheckArguments): Promise<TemplateCheck>;
  /** A late duplicate is refused: the VMID exists. */
  cloneForCopy(input: CopyStepArguments): Promise<TaskBegun>;
  /** A late duplicate is refused: the guest is locked, or not there any more. */
  moveTemplateCopy(input: CopyStepArguments): Promise<TaskBegun>;
  /** Repeated until it is done: an interrupted conversion goes on disk by disk. A late duplicate is refused. */
  finishTemplateCopy(input: CopyStepArguments): Promise<TaskBegun>;
  /** A late duplicate is refused: the VMID exists. */
  cloneForBootTest(input: TemplateStepArguments): Promise<TaskBegun>;
  /** A late duplicate finds the clone running. */
  startBootTest(input: TemplateStepArguments): Promise<TaskBegun>;
  /** Only looks. */
  watchBootTest(input: TemplateStepArguments): Promise<BootReport>;
  /** One change of the configuration; a late duplicate is refused by its digest. */
  bringTemplateIntoForce(input: CopyStepArguments): Promise<void>;
  /** Whether a copy has the plan's name and version. Only looks. */
  isTemplateInForce(input: CopyStepArguments): Promise<boolean>;
  /** A late duplicate finds the guest stopped, gone, or another one, which it leaves alone. */
  stopBuiltGuest(input: DestroyArguments): Promise<TaskBegun>;
  /**
   * By identity, after the VMID was put into quarantine: against a late DELETE only that, a change with a digest right
   * before it, and the attempt's own freshness protect, for it takes no digest. Asked once; a second time only after a
   * decision.
   */
  destroyBuiltGuest(input: DestroyArguments): Promise<TaskBegun>;
  /** Looks what became of a destruction whose answer was lost; sends nothing. */
  lookForDestruction(input: DestroyArguments): Promise<Destruction>;
}
