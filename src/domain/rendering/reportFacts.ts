import type { Decision } from '../decision';
import type { OperatorAction } from '../messages';
import type { AnyReport } from '../operation';
import type { EvacuationReport, GuestOutcome } from '../report';
import { shellWord } from './commands';
import { formatBetween, formatBytes, formatTime } from './sizes';
import { printable } from './text';

/** One guest of a report in words, for any form of rendering. */
export function guestCells(guest: GuestOutcome): string[] {
  return [
    `${String(guest.vmid)} ${printable(guest.name)}`,
    guest.outcome,
    guest.now === undefined ? `${guest.from} -> unknown` : whereabouts(guest.from, guest.now),
    guest.mode ?? '-',
    guest.startedAt === undefined ? '-' : formatBetween(guest.startedAt, guest.endedAt),
    guest.bytesCopied === undefined ? '-' : formatBytes(guest.bytesCopied),
    guest.downtimeMs === undefined ? '-' : `${String(guest.downtimeMs)} ms`,
  ];
}

/** The names of the cells of {@link guestCells}. */
export const guestColumns = ['guest', 'outcome', 'where', 'mode', 'time', 'copied', 'downtime'] as const;

/** Why a guest stayed or is unknown, what to do about it, and what was odd about its move. */
export function guestNotes(guest: GuestOutcome): string[] {
  return [
    ...(guest.reason === undefined ? [] : [printable(guest.reason)]),
    ...(guest.remedy === undefined ? [] : [`Remedy: ${printable(guest.remedy)}`]),
    ...guest.warnings.map((warning) => `Warning: ${printable(warning)}`),
  ];
}

/** Who did what and when, in one line. */
export function actionLine(action: OperatorAction): string {
  const about = action.about === undefined ? '' : ` ${printable(action.about)}`;
  const comment = action.comment === undefined ? '' : `: "${printable(action.comment)}"`;
  return `${formatTime(action.at)}  ${action.message}${about} by ${printable(action.by)}${comment}`;
}

/** A decision with its answer, in one line. */
export function decisionLine(decision: Decision): string {
  const { answer } = decision;
  const answered =
    answer === undefined
      ? 'not answered'
      : `${answer.choice} by ${printable(answer.by)} at ${formatTime(answer.at)}`;
  return `${decision.id}  ${printable(decision.title)}: ${answered}`;
}

/** The commands that bring each moved guest back (from where it is now), to be run on the node named. */
export function wayBackLines(report: EvacuationReport): string[] {
  return report.wayBack.map((it) => {
    const online = it.mode === 'live' ? ' --online --with-local-disks' : '';
    return `on ${shellWord(it.from)}: qm migrate ${String(it.vmid)} ${shellWord(it.to)}${online}  # ${printable(it.name)}`;
  });
}

/** Which operation it was, who asked for it, when it ran and for how long. */
export function operationLine(
  report: Pick<AnyReport, 'workflowId' | 'requestedBy' | 'startedAt' | 'endedAt'>,
): string {
  const asked = report.requestedBy === undefined ? '' : `, asked for by ${printable(report.requestedBy)}`;
  return `Operation ${report.workflowId}${asked}, ${formatTime(report.startedAt)} to ${formatTime(report.endedAt)} (${formatBetween(report.startedAt, report.endedAt)})`;
}

function whereabouts(from: string, now: string): string {
  return from === now ? `on ${now}` : `${from} -> ${now}`;
}
