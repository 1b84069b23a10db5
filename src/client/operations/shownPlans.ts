import type { Client } from '@temporalio/client';
import { present } from '../../config/present';
import type { AnyPlan } from '../../domain/operation';
import type { PlanBefore } from '../../domain/progress';
import { anyPlanDifference } from '../../planning/anyPlanDifference';
import type { Session } from '../session';
import { anyPlanView } from '../view/anyPlanView';
import { planBeforeLines } from '../view/planBeforeLines';
import { planFromHistory } from './history';
import type { Question } from './questions';
import { readPlan } from './read';
import type { OperationSnapshot } from './snapshot';

/**
 * Shows each plan of an operation once; a later one with why there is one and what differs from the one before it, also to
 * whoever has not seen that one.
 */
export class ShownPlans {
  #shown: AnyPlan | undefined;
  /** What the shown plan took the place of, as far as it was told here. */
  #before: PlanBefore | undefined;

  constructor(
    private readonly session: Session,
    private readonly client: Client,
    private readonly workflowId: string,
    /** Called before a plan is printed. Absent: none is. */
    private readonly makeRoom?: () => void,
  ) {}

  get current(): { readonly plan?: AnyPlan; readonly planBefore?: PlanBefore } {
    return present({ plan: this.#shown, planBefore: this.#before });
  }

  /** Whether a person has seen here what the question is about. */
  covers(question: Question): boolean {
    return question.kind === 'decision' || this.#shown?.hash.startsWith(question.shownHash) === true;
  }

  /** The plan, if it is a new one. While no worker answers, the newest one of the history is shown. */
  async show(snapshot: OperationSnapshot): Promise<AnyPlan | undefined> {
    const { progress, runId } = snapshot;
    if (progress === undefined) return this.#shown === undefined ? this.showFinal(runId) : undefined;
    const { planHash, planBefore } = progress;
    if (planHash === undefined) return undefined;
    if (this.#shown?.hash.startsWith(planHash) === true) {
      this.#tellWhy(this.#shown, planBefore);
      return undefined;
    }
    const plan = await readPlan(this.client, this.workflowId, runId);
    // One that has come since this look is shown at the next, which also tells why.
    return plan?.hash.startsWith(planHash) === true ? this.#print(plan, planBefore) : undefined;
  }

  /** The newest plan of the history of a run. */
  async showFinal(runId: string): Promise<AnyPlan | undefined> {
    const plan = await planFromHistory(this.client, this.workflowId, runId);
    return plan === undefined || plan.hash === this.#shown?.hash ? undefined : this.#print(plan);
  }

  /** Of a plan that was shown already: it has to be approved anew, or it was shown while no worker could tell. */
  #tellWhy(plan: AnyPlan, before: PlanBefore | undefined): void {
    if (before === undefined || JSON.stringify(before) === JSON.stringify(this.#before)) return;
    this.#before = before;
    if (this.makeRoom === undefined) return;
    this.makeRoom();
    this.session.output.note(planBeforeLines(plan, before).join('\n'));
  }

  #print(plan: AnyPlan, before?: PlanBefore): AnyPlan {
    const seen = this.#shown;
    this.#shown = plan;
    this.#before = before;
    if (this.makeRoom === undefined) return plan;
    const { output } = this.session;
    this.makeRoom();
    // The plan of a runbook tells its changes itself: also while no worker answers.
    const told = before?.changes ?? (plan.operation === 'runRunbook' ? plan.changes : undefined);
    const lines = planBeforeLines(plan, before, seen === undefined ? told : anyPlanDifference(seen, plan));
    const why = lines.length === 0 ? [] : [...lines, ''];
    output.result({ plan, planBefore: before }, [...why, anyPlanView(output, plan)].join('\n'));
    return plan;
  }
}
