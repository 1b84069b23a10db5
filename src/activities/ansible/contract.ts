import type { PlaybookFrame, PlaybookPlan } from '../../domain/ansible/plan';
import type { PlaybookRequest } from '../../domain/ansible/request';
import type { PlaybookWatch } from '../../domain/ansible/run';

/** What a plan starts from. */
export interface PlaybookPlanArguments {
  readonly request: PlaybookRequest;
  /** The plan that this one replaces, or that is checked, for the difference in words. */
  readonly previous?: PlaybookPlan;
  /** The limit is a list of names, which the inventory may only know later: none of them there now is no error. */
  readonly hostsMayCome?: true;
}

/** A plan that was made, and what differs from the one before it (in words; empty for the first). */
export interface PlaybookPlanMade {
  readonly plan: PlaybookPlan;
  readonly changes: readonly string[];
}

/** One run of a playbook. */
export interface PlaybookRunArguments {
  readonly frame: PlaybookFrame;
  /** Never used twice: a run of this name is begun once at most on a machine, whoever tries to. */
  readonly run: string;
}

/** The activities of running a playbook, as its workflow sees them. */
export interface AnsibleActivities {
  /** Lets Ansible list plays, hosts and tasks, and reads the tree. Changes nothing; programs of the inventory are run. */
  planPlaybook(input: PlaybookPlanArguments): Promise<PlaybookPlanMade>;
  /**
   * Runs it with `--check`, waits, and answers the plan with what was shown, or with why there is no estimate. Tasks with
   * `check_mode: false` do what they do.
   */
  estimatePlaybook(input: { readonly plan: PlaybookPlan; readonly run: string }): Promise<PlaybookPlan>;
  /**
   * Starts the run if the tree is what was approved (else PlanDrifted), and returns once it is under way; it outlives the
   * worker. Never repeated by itself. It asks whether it is the only attempt right before; a late duplicate on the same
   * machine finds that the run was begun, or given up, and starts nothing. Throws LeaseRefused while a run of the same
   * playbook goes on there.
   */
  startPlaybook(input: PlaybookRunArguments): Promise<void>;
  /** Follows a run to its end by its files; may be repeated by any worker of the same machine. Tells how far it is. */
  awaitPlaybook(input: PlaybookRunArguments): Promise<PlaybookWatch>;
  /** Ends a run: SIGINT to its process group, after 10 s SIGTERM, then SIGKILL. Repeating it is harmless. */
  stopPlaybook(input: PlaybookRunArguments): Promise<PlaybookWatch>;
}
