import { workflowInfo } from '@temporalio/workflow';
import type { Decision } from '../../domain/decision';
import { shownPlanHashLength } from '../../domain/names';
import type { Operation } from './operation';
import { openDecisions, type OperationPlan } from './state';

/** At most so many decisions are written out; the command shows all. */
const shownDecisions = 5;

function json(value: unknown): string {
  return `\`${JSON.stringify(value)}\``;
}

function approvalText(planHash: string): string {
  const shown = planHash.slice(0, shownPlanHashLength);
  const id = workflowInfo().workflowId;
  return [
    `**Waits for approval of plan ${shown}.**`,
    '',
    `- here: update (or signal) \`approve\` with ${json({ planHash: shown, by: 'your name' })}, or \`reject\` with ${json({ by: 'your name' })}`,
    `- in a shell: \`pxm approve ${id} ${shown}\``,
    `- without pxm: \`temporal workflow update execute --workflow-id ${id} --name approve --input '${JSON.stringify({ planHash: shown, by: 'your name' })}'\``,
  ].join('\n');
}

function decisionText(decision: Decision): string {
  const id = workflowInfo().workflowId;
  const { proxmoxSaid: said, saidBy = 'Proxmox' } = decision.problem;
  return [
    `**Decision ${decision.id}: ${decision.title}**`,
    '',
    `- attempted: ${decision.problem.attempted}`,
    `- failed: ${decision.problem.failed}`,
    ...(said === undefined ? [] : [`- ${saidBy}: ${said}`]),
    ...(decision.problem.logTail ?? []).slice(-3).map((line) => `- log: ${line}`),
    `- now: ${decision.seen}`,
    `- what helps: ${decision.problem.remedy}`,
    `- choices: ${decision.choices.join(' | ')}; here: update \`decide\` with ${json({ decisionId: decision.id, choice: decision.choices[0], by: 'your name' })}`,
    `- in a shell: \`pxm decide ${id} ${decision.id} <choice>\``,
  ].join('\n');
}

/** What the Web UI shows of an operation: what it waits for first, then its progress and plan. Markdown. */
export function describeOperation<Plan extends OperationPlan>(operation: Operation<Plan, unknown>): string {
  const { state, definition } = operation;
  const done = state.steps.filter((step) => step.phase === 'done').length;
  const parts = [
    `Phase: ${state.phase}${state.paused ? ' (paused)' : ''}.${state.steps.length === 0 ? '' : ` ${done} of ${state.steps.length} steps done.`}`,
    ...(state.notice === undefined ? [] : [state.notice]),
    ...(state.phase === 'waitingForApproval' && state.plan !== undefined
      ? [approvalText(state.plan.hash)]
      : []),
    ...(state.planChanges.length === 0
      ? []
      : ['Changed since the plan before:', ...state.planChanges.slice(0, 10).map((text) => `- ${text}`)]),
    ...openDecisions(state).slice(0, shownDecisions).map(decisionText),
    ...(state.plan === undefined ? [] : [definition.describePlan(state.plan)]),
  ];
  return parts.join('\n\n');
}
