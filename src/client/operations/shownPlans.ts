import type { Client } from '@temporalio/client';
import type { AnyPlan } from '../../domain/operation';
import { anyPlanDifference } from '../../planning/anyPlanDifference';
import type { Session } from '../session';
import { anyPlanView } from '../view/anyPlanView';
import { planFromHistory } from './history';
import type { Question } from './questions';
import { readPlan } from './read';
import type { OperationSnapshot } from './snapshot';

/** Shows each plan of an operation once; a later one with what differs from the one before it. */
export class ShownPlans {
  #shown: AnyPlan | undefined;

  constructor(
    private readonly session: Session,
    private readonly client: Client,
    private readonly workflowId: string,
    /** Called before a plan is printed. Absent: none is. */
    private readonly makeRoom?: () => void,
  ) {}

  get current(): { readonly plan?: AnyPlan } {
    return this.#shown === undefined ? {} : { plan: this.#shown };
  }

  /** Whether a person has seen here what the question is about. */
  covers(question: Question): boolean {
    return question.kind === 'decision' || this.#shown?.hash.startsWith(question.shownHash) === true;
  }

  /** The plan, if it is a new one. While no worker answers, the newest one of the history is shown. */
  async show(snapshot: OperationSnapshot): Promise<AnyPlan | undefined> {
    const { progress, runId } = snapshot;
    if (progress === undefined) return this.#shown === undefined ? this.showFinal(runId) : undefined;
    const { planHash } = progress;
    if (planHash === undefined || this.#shown?.hash.startsWith(planHash) === true) return undefined;
    const plan = await readPlan(this.client, this.workflowId, runId);
    return plan == null ? undefined : this.#print(plan);
  }

  /** The newest plan of the history of a run. */
  async showFinal(runId: string): Promise<AnyPlan | undefined> {
    const plan = await planFromHistory(this.client, this.workflowId, runId);
    return plan === undefined || plan.hash === this.#shown?.hash ? undefined : this.#print(plan);
  }

  #print(plan: AnyPlan): AnyPlan {
    const before = this.#shown;
    this.#shown = plan;
    if (this.makeRoom === undefined) return plan;
    const { output } = this.session;
    this.makeRoom();
    const told = plan.operation === 'runRunbook' ? (plan.changes ?? []) : [];
    const changes = before === undefined ? told : anyPlanDifference(before, plan);
    const difference = changes.length === 0 ? [] : ['What differs from the plan before:', ...changes, ''];
    output.result({ plan }, [...difference, anyPlanView(output, plan)].join('\n'));
    return plan;
  }
}
