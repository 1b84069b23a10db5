import { workflowInfo } from '@temporalio/workflow';
import { problem } from '../../domain/errors';
import type {
  ApproveMessage,
  CancelMessage,
  DecideMessage,
  PauseMessage,
  RejectMessage,
} from '../../domain/messages';
import { shownPlanHashLength } from '../../domain/names';
import { cancelOperation, giveUpCredentials } from './cancel';
import { answerDecision } from './decisions';
import { refusal } from './failures';
import { now, recordAction, type Operation } from './operation';
import { openDecisions, type OperationPlan, type OperationState } from './state';

/** Judges and applies one kind of message. `check` throws a refusal; `apply` answers in words what changed. */
export interface Acceptor<Message> {
  readonly check: (message: Message, as: 'update' | 'signal') => void;
  readonly apply: (message: Message) => string;
}

/** The acceptors of the six messages of one operation. */
export interface Acceptors {
  readonly approve: Acceptor<ApproveMessage>;
  readonly reject: Acceptor<RejectMessage>;
  readonly decide: Acceptor<DecideMessage>;
  readonly pause: Acceptor<PauseMessage>;
  readonly resume: Acceptor<PauseMessage>;
  readonly cancel: Acceptor<CancelMessage>;
}

function refuse(message: string, failed: string, remedy?: string): never {
  throw refusal(
    problem('InputInvalid', { attempted: message, failed, ...(remedy === undefined ? {} : { remedy }) }),
  );
}

/** The Web UI and the `temporal` CLI send whatever was typed: look before trusting. */
function requireText(message: string, payload: unknown, field: string): void {
  const value: unknown =
    typeof payload === 'object' && payload !== null ? Reflect.get(payload, field) : undefined;
  if (typeof value !== 'string' || value.trim() === '')
    refuse(message, `the field "${field}" is missing or no text`);
}

/** Whether a hash, as a person gave it, names this plan: at least the characters that are shown, which nobody can guess. */
export function samePlan(planHash: string, given: string): boolean {
  return given.length >= shownPlanHashLength && planHash.startsWith(given.toLowerCase());
}

function showCommand(): string {
  return `Look at the plan that is waiting now: pxm watch ${workflowInfo().workflowId}`;
}

function checkApproval(
  state: OperationState<OperationPlan, unknown>,
  message: ApproveMessage,
  as: 'update' | 'signal',
): void {
  requireText('approve', message, 'planHash');
  requireText('approve', message, 'by');
  if (state.rejected || state.cancel !== undefined)
    refuse('approve', 'the operation was rejected or cancelled');
  if (state.plan === undefined) {
    if (as === 'update') refuse('approve', 'the plan is not ready yet', showCommand());
    return;
  }
  if (samePlan(state.plan.hash, message.planHash)) {
    if (!state.replanWanted) return;
    const because = state.replanBecause ?? 'it was asked for';
    return refuse('approve', `a new plan is being made: ${because.replace(/\.$/, '')}`, showCommand());
  }
  const replaced = state.replacedPlans.find((plan) => samePlan(plan.hash, message.planHash));
  const why =
    replaced === undefined
      ? 'no plan of this operation has this hash'
      : `that plan was replaced: ${replaced.changes.join('; ')}`;
  refuse('approve', why, showCommand());
}

/** Builds the acceptors of one operation. */
export function acceptors<Plan extends OperationPlan>(operation: Operation<Plan, unknown>): Acceptors {
  const { state } = operation;
  const commented = (message: { readonly comment?: string }) =>
    message.comment === undefined ? {} : { comment: message.comment };

  const named =
    (name: string) =>
    (message: { readonly by: string }): void =>
      requireText(name, message, 'by');

  return {
    approve: {
      check: (message, as) => checkApproval(state, message, as),
      apply(message) {
        const approval = { planHash: message.planHash, by: message.by, at: now(), ...commented(message) };
        if (state.plan === undefined) {
          state.earlyApprovals.push(approval);
          return 'Kept until the plan is ready; it counts only if the plan has this hash.';
        }
        if (state.approval !== undefined) return 'This plan is approved already; nothing changed.';
        state.approval = { ...approval, planHash: state.plan.hash };
        recordAction(operation, {
          message: 'approve',
          by: message.by,
          about: state.plan.hash.slice(0, shownPlanHashLength),
          ...commented(message),
        });
        return `Plan ${state.plan.hash.slice(0, shownPlanHashLength)} is approved. It is looked at once more before its first step.`;
      },
    },
    reject: {
      check(message) {
        requireText('reject', message, 'by');
        if (state.approval !== undefined && !state.rejected)
          refuse(
            'reject',
            'the plan is approved and its steps may be running',
            'To end the operation: cancel.',
          );
      },
      apply(message) {
        if (state.rejected) return 'It is rejected already; nothing changed.';
        state.rejected = true;
        recordAction(operation, { message: 'reject', by: message.by, ...commented(message) });
        return 'The plan is rejected; nothing is changed.';
      },
    },
    decide: {
      check(message) {
        requireText('decide', message, 'decisionId');
        requireText('decide', message, 'choice');
        requireText('decide', message, 'by');
        const decision = state.decisions.find((each) => each.id === message.decisionId);
        if (decision === undefined) {
          const open = openDecisions(state).map((each) => each.id);
          return refuse(
            'decide',
            `there is no decision ${message.decisionId}; open: ${open.join(', ') || 'none'}`,
          );
        }
        if (!decision.choices.includes(message.choice))
          return refuse(
            'decide',
            `${message.decisionId} can be answered with ${decision.choices.join(' | ')}`,
          );
        if (decision.answer !== undefined && decision.answer.choice !== message.choice)
          return refuse(
            'decide',
            `${message.decisionId} was answered with ${decision.answer.choice} by ${decision.answer.by}`,
          );
      },
      apply(message) {
        const changed = answerDecision(operation, message.decisionId, {
          choice: message.choice,
          by: message.by,
          ...commented(message),
        });
        if (!changed) return 'It has this answer already; nothing changed.';
        if (message.choice !== 'abort') return `${message.decisionId}: ${message.choice}.`;
        // At once: whoever asked may have no time to read the answer (a call that runs for hours, a new run).
        const kind = state.decisions.find(({ id }) => id === message.decisionId)?.kind;
        const text =
          kind === 'credentials'
            ? giveUpCredentials(operation, message.by)
            : cancelOperation(operation, 'finish', message.by);
        return `${message.decisionId}: abort. ${text}`;
      },
    },
    pause: {
      check: named('pause'),
      apply(message) {
        if (state.paused) return 'It is paused already; nothing changed.';
        state.paused = true;
        recordAction(operation, { message: 'pause', by: message.by, ...commented(message) });
        return 'Paused: what runs is finished, nothing new starts.';
      },
    },
    resume: {
      check: named('resume'),
      apply(message) {
        if (!state.paused) return 'It is not paused; nothing changed.';
        state.paused = false;
        recordAction(operation, { message: 'resume', by: message.by, ...commented(message) });
        return 'It goes on.';
      },
    },
    cancel: {
      check(message) {
        requireText('cancel', message, 'by');
        const running: unknown = message.running;
        if (running !== undefined && running !== 'finish' && running !== 'abort')
          refuse('cancel', '"running" is "finish" or "abort"');
      },
      apply: (message) =>
        cancelOperation(operation, message.running ?? 'finish', message.by, message.comment),
    },
  };
}
