import { clearScreenDown, cursorTo } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ManagerError, problemText } from '../../domain/errors';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { formatTime } from '../../domain/rendering/sizes';
import { printable } from '../../domain/rendering/text';
import type { Session } from '../session';
import type { Reader } from './reader';
import type { ShownReading, TakeReading } from './show';

/** Often enough to follow a migration; a reading costs a node a handful of requests. */
const directSeconds = 5;
/** Each reading through a worker is a workflow of its own, kept as long as the namespace keeps them. */
const throughWorkerSeconds = 30;

/**
 * Reads again and again: redraws a terminal, elsewhere prints one text, or one line of JSON, after the other. Ends with
 * Ctrl-C only, or with a failure that waiting does not mend.
 */
export async function watchReading(
  session: Session,
  reader: Reader,
  seconds: number | undefined,
  take: TakeReading,
): Promise<ExitCode> {
  const everySeconds = seconds ?? (reader.via === 'direct' ? directSeconds : throughWorkerSeconds);
  const { interrupted } = session;
  const isAborted = () => interrupted.aborted;
  while (!isAborted()) {
    const frame = await nextFrame(reader, take, isAborted);
    if (frame === undefined) break;
    draw(session, frame, everySeconds);
    await delay(everySeconds * 1000, undefined, { signal: interrupted }).catch(() => undefined);
  }
  return exitCodes.interrupted;
}

/** One frame; a cluster that can't be reached just now is one too. Undefined: interrupted. */
async function nextFrame(
  reader: Reader,
  take: TakeReading,
  isAborted: () => boolean,
): Promise<ShownReading | undefined> {
  try {
    const shown = await take(reader);
    return { ...shown, document: { ...shown.document, via: reader.via, exitCode: shown.exitCode } };
  } catch (error) {
    if (isAborted()) return undefined;
    if (!(error instanceof ManagerError) || !error.retryable) throw error;
    const exitCode = exitCodes.incomplete;
    const text = printable(problemText(error.problem));
    return { document: { error: error.problem, exitCode }, text: () => text, notes: [], exitCode };
  }
}

function draw({ terminal, output }: Session, frame: ShownReading, everySeconds: number): void {
  const { stdout } = terminal;
  if (output.json) {
    stdout.write(`${JSON.stringify(frame.document)}\n`);
    return;
  }
  const title = `${formatTime(new Date().toISOString())}, every ${everySeconds} s`;
  const lines = [frame.text().trimEnd(), ...frame.notes].join('\n').split('\n');
  if (stdout.isTTY !== true) {
    stdout.write(`${[title, ...lines].join('\n')}\n\n`);
    return;
  }
  cursorTo(stdout, 0, 0);
  clearScreenDown(stdout);
  stdout.write(
    `${[output.colors.dim(`${title}; Ctrl-C ends`), ...fitting(lines, stdout.rows)].join('\n')}\n`,
  );
}

/** What is longer than the screen would scroll its own beginning away. */
function fitting(lines: readonly string[], rows: number | undefined): readonly string[] {
  const room = (rows ?? Infinity) - 2;
  if (lines.length <= room) return lines;
  return [...lines.slice(0, Math.max(0, room - 1)), `... ${lines.length - room + 1} more lines`];
}
