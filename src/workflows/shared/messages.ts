import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Decision } from '../../domain/decision';
import type {
  ApproveMessage,
  CancelMessage,
  DecideMessage,
  MessageAnswer,
  PauseMessage,
  RejectMessage,
} from '../../domain/messages';
import { queryNames } from '../../domain/names';
import type { OperationProgress } from '../../domain/progress';

/** The six messages as signals: durable also while no worker lives; a bad one is ignored and said in the details. */
export const signals = {
  approve: defineSignal<[ApproveMessage]>('approve'),
  reject: defineSignal<[RejectMessage]>('reject'),
  decide: defineSignal<[DecideMessage]>('decide'),
  pause: defineSignal<[PauseMessage]>('pause'),
  resume: defineSignal<[PauseMessage]>('resume'),
  cancel: defineSignal<[CancelMessage]>('cancel'),
};

/** The six messages as updates: validated and answered. */
export const updates = {
  approve: defineUpdate<MessageAnswer, [ApproveMessage]>('approve'),
  reject: defineUpdate<MessageAnswer, [RejectMessage]>('reject'),
  decide: defineUpdate<MessageAnswer, [DecideMessage]>('decide'),
  pause: defineUpdate<MessageAnswer, [PauseMessage]>('pause'),
  resume: defineUpdate<MessageAnswer, [PauseMessage]>('resume'),
  cancel: defineUpdate<MessageAnswer, [CancelMessage]>('cancel'),
};

/** What each message does, shown by the Web UI beside its name, with the JSON it takes. */
export const descriptions = {
  approve:
    'Approves exactly the plan with this hash: {"planHash": "<12 characters>", "by": "<you>", "comment": "..."}',
  reject: 'Rejects the plan; nothing is changed: {"by": "<you>", "comment": "..."}',
  decide: 'Answers an open decision: {"decisionId": "d1", "choice": "retry", "by": "<you>"}',
  pause: 'Lets running steps finish and starts nothing new: {"by": "<you>"}',
  resume: 'Goes on after a pause: {"by": "<you>"}',
  cancel:
    'Ends the operation; running steps are finished or aborted: {"running": "finish" | "abort", "by": "<you>"}',
} as const;

/** The three queries. */
export const queries = {
  /** The current plan, or null before there is one. */
  plan: defineQuery<unknown>(queryNames.plan),
  progress: defineQuery<OperationProgress>(queryNames.progress),
  decisions: defineQuery<readonly Decision[]>(queryNames.decisions),
};
