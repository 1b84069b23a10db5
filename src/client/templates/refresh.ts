import { ManagerError, problem, type Problem } from '../../domain/errors';
import type { TemplatePlan, TemplateRequest } from '../../domain/templatePlan';
import type { TemplateReading } from '../../domain/templateReading';
import { watchCommand } from '../../domain/rendering/commands';
import { problemOfError } from '../failures';
import { followOperation } from '../operations/follow';
import { sendMessage } from '../operations/send';
import type { Session } from '../session';
import { requestBefore } from './requestBefore';
import { startTemplate } from './startTemplate';

/** What a look upstream found for one template. */
export interface RefreshedTemplate {
  readonly name: string;
  readonly runbook: string;
  /** In force now. */
  readonly generation: number;
  /** Absent: no plan could be made. */
  readonly todo?: TemplatePlan['todo'];
  /** Why, or why there is no plan. */
  readonly because: string;
  readonly problem?: Problem;
  /** The request for it, without the dry run. */
  readonly request: TemplateRequest;
  /** What it was asked for with is forgotten: planned with the runbook's defaults. */
  readonly isWithDefaults: boolean;
}

/**
 * Lets a worker plan a template anew as it was asked for before, and make nothing. Undefined where no version of it is
 * in force. Throws only where a person interrupts.
 */
export async function refreshTemplate(
  session: Session,
  { name, versions }: TemplateReading,
  by: string,
): Promise<RefreshedTemplate | undefined> {
  const [inForce] = versions;
  const marker = inForce?.copies[0]?.marker;
  if (inForce === undefined || marker === undefined) return undefined;
  const before = await requestBefore(session, marker);
  const cluster = session.config().cluster.name;
  const request = { runbook: marker.runbook, name, cluster, requestedBy: by, ...before };
  const known = {
    ...{ name, runbook: marker.runbook, generation: inForce.generation, request },
    isWithDefaults: before === undefined,
  };
  try {
    const { todo, because } = await planOf(session, { ...request, dryRun: true }, by);
    return { ...known, todo, because };
  } catch (error) {
    if (session.interrupted.aborted) throw error;
    const it = problemOfError(error);
    return { ...known, because: `${it.failed}. ${it.remedy}`, problem: it };
  }
}

async function planOf(session: Session, request: TemplateRequest, by: string): Promise<TemplatePlan> {
  const workflowId = await startTemplate(session, request);
  const client = await session.client();
  const followed = await followOperation(session, client, workflowId, {
    ...{ whenAsked: 'leave', silent: true, by },
  });
  const { plan } = followed;
  if (followed.kind === 'waits') {
    // Nobody would answer the question of a look: it must not keep the template's name.
    const { question, firstRunId } = followed;
    await sendMessage(client, workflowId, { name: 'cancel', payload: { running: 'finish', by } }, firstRunId);
    throw question.kind === 'decision'
      ? new ManagerError(question.decision.problem)
      : noPlan(workflowId, 'it asks for an approval instead of ending after the plan');
  }
  const { ending } = followed;
  if (ending.kind === 'failure') throw new ManagerError(ending.problem);
  if (ending.report.problem !== undefined) throw new ManagerError(ending.report.problem);
  if (plan?.operation !== 'createTemplate') throw noPlan(workflowId, ending.report.summary);
  return plan;
}

function noPlan(workflowId: string, failed: string): ManagerError {
  const it = problem('Internal', {
    attempted: `plan by ${workflowId}`,
    failed,
    remedy: `See what it did: ${watchCommand(workflowId)}`,
  });
  return new ManagerError(it);
}
