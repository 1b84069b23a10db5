import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import type { Session } from '../session';
import { openReader, type Reader } from './reader';
import { watchReading } from './watch';

/** A reading, ready to be shown. */
export interface ShownReading {
  /** For `--json`; `via` and `exitCode` are added. */
  readonly document: object;
  /** For people; made only where it is shown. */
  readonly text: () => string;
  /** What makes it incomplete or doubtful, a line each; said beside the result. */
  readonly notes: readonly string[];
  readonly exitCode: ExitCode;
}

/** Takes one reading. */
export type TakeReading = (reader: Reader) => Promise<ShownReading>;

/** What `--watch` was given: nothing, no number, or seconds. */
export type WatchOption = boolean | number | undefined;

/** Shows a reading once, or again and again until Ctrl-C. */
export async function showReading(
  session: Session,
  watch: WatchOption,
  take: TakeReading,
): Promise<ExitCode> {
  const reader = await openReader(session);
  try {
    if (watch !== undefined && watch !== false) {
      return await watchReading(session, reader, watch === true ? undefined : watch, take);
    }
    const { document, text, notes, exitCode } = await take(reader);
    session.output.result({ ...document, via: reader.via, exitCode }, session.output.json ? '' : text());
    if (notes.length > 0) session.output.note(notes.join('\n'));
    return exitCode;
  } finally {
    await reader.close();
  }
}

/** Incomplete where somebody did not answer. */
export function exitCodeOfReading({ unanswered }: { readonly unanswered: readonly unknown[] }): ExitCode {
  return unanswered.length === 0 ? exitCodes.done : exitCodes.incomplete;
}
