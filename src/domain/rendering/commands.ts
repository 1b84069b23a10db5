import type { DecisionChoice } from '../decision';
import { shownPlanHashLength } from '../names';

/** A plan's hash as it is shown and accepted: its first 12 characters. */
export function shownHash(planHash: string): string {
  return planHash.slice(0, shownPlanHashLength);
}

/** The command that shows an operation's plan in full and follows it until it ends. */
export function watchCommand(workflowId: string): string {
  return `pxm watch ${shellWord(workflowId)}`;
}

/** The command that approves exactly this plan. */
export function approveCommand(workflowId: string, planHash: string): string {
  return `pxm approve ${shellWord(workflowId)} ${shownHash(planHash)}`;
}

/** The command that rejects the plan. */
export function rejectCommand(workflowId: string): string {
  return `pxm reject ${shellWord(workflowId)}`;
}

/** The command that answers a decision. */
export function decideCommand(workflowId: string, decisionId: string, choice: DecisionChoice): string {
  return `pxm decide ${shellWord(workflowId)} ${shellWord(decisionId)} ${choice}`;
}

/** A text as one word of a POSIX shell's command line. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
