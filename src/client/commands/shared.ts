import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import { shownPlanHashLength } from '../../domain/names';
import type { FollowOptions } from '../operations/follow';
import type { Session } from '../session';

/** Said where a worker is asked and takes its time. */
export const noAnswerYet = 'No worker has answered yet; asking for 5 s ...';

/** The help's word on how an operation is named. */
export const operationArgument =
  "the node's name (pve01), the name of a runbook, template or cluster (its newest operation), or the operation's whole ID (evacuate-node/lab/pve01)";

/** Adds who sends a message and why. */
export function withSender(command: Command, session: Session): Command {
  return command
    .option('--by <who>', 'who sends it, as the report will say', session.terminal.person)
    .option('--comment <text>', 'kept beside it in the report');
}

const sender = z.object({ by: z.string().min(1), comment: z.string().optional() });

/** Reads what {@link withSender} added. */
export function senderOf(command: Command): { readonly by: string; readonly comment?: string } {
  const { by, comment } = sender.parse(command.opts());
  return { by, ...(comment === undefined ? {} : { comment }) };
}

/** What happens when the operation asks: a terminal is asked, `--wait` waits for somebody else, else we leave. */
export function whenAsked(session: Session, wait: boolean): FollowOptions['whenAsked'] {
  if (session.output.interactive) return 'ask';
  return wait ? 'wait' : 'leave';
}

/** A whole number from 1. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

/** A port; 0 means any free one. */
export function portNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535)
    throw new InvalidArgumentError('It must be a port from 0 to 65535.');
  return value;
}

/** Examples below a command's help. */
export function examples(command: Command, lines: readonly (readonly [string, string])[]): Command {
  const width = Math.max(...lines.map(([line]) => line.length));
  const text = lines.map(([line, meaning]) => `  $ ${line.padEnd(width)}  ${meaning}`).join('\n');
  return command.addHelpText('after', `\nExamples:\n${text}`);
}

/** Gathers the values of an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** A plan's hash, as it was shown or whole. */
export function planHash(text: string): string {
  const hash = text.toLowerCase();
  if (/^[0-9a-f]{12,64}$/.test(hash)) return hash;
  throw new InvalidArgumentError(`It must be the ${shownPlanHashLength} characters that the plan showed.`);
}
