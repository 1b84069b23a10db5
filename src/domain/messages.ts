import type { DecisionChoice } from './decision';

/** Approves exactly one plan, by its hash as shown. */
export interface ApproveMessage {
  readonly planHash: string;
  readonly by: string;
  readonly comment?: string;
}

/** Rejects the plan: the operation ends without a change. */
export interface RejectMessage {
  readonly by: string;
  readonly comment?: string;
}

/** Answers an open decision. */
export interface DecideMessage {
  readonly decisionId: string;
  readonly choice: DecisionChoice;
  readonly by: string;
  readonly comment?: string;
}

/** Pauses (nothing new starts, what runs is finished) or resumes. */
export interface PauseMessage {
  readonly by: string;
  readonly comment?: string;
}

/** Ends the operation: what is running is finished (default) or aborted; then the report. */
export interface CancelMessage {
  readonly running?: 'finish' | 'abort';
  readonly by: string;
  readonly comment?: string;
}

/** What an update of these names answers. */
export interface MessageAnswer {
  /** In words: what the message changed, or that it changed nothing. */
  readonly text: string;
}

/** A message that was accepted, for the report: who did what and when. */
export interface OperatorAction {
  readonly message: 'approve' | 'reject' | 'decide' | 'pause' | 'resume' | 'cancel';
  readonly by: string;
  readonly comment?: string;
  /** ISO time. */
  readonly at: string;
  /** e.g. the plan hash as shown, or `d1: retry`. */
  readonly about?: string;
}
