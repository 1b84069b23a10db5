import { writeSync } from 'node:fs';
import { exitCodes } from '../domain/exitCodes';

/** What a closed pipe answers to a write. */
const pipeClosedCodes: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ERR_STREAM_DESTROYED']);
/** What a closed terminal answers; of a file it means that the disk fails. */
const terminalClosedCode = 'EIO';

const standardError = 2;

/**
 * Ends the process when its output can't be written. Whoever read it has left (`pxm ... | head`, a closed
 * terminal): quietly, since nobody is there to be told. Anything else, such as a full disk: with one message on
 * standard error and exit code 1, because a result that is missing must not look like success.
 */
export function endOnOutputErrors({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => end(stdout, 'standard output', error));
  stderr.on('error', (error: NodeJS.ErrnoException) => end(stderr, 'standard error', error));
}

/** Whether a write failed because nobody reads any more: the pipe or the terminal is closed. */
export function readerHasLeft(
  { isTTY }: { readonly isTTY?: boolean },
  { code }: NodeJS.ErrnoException,
): boolean {
  return pipeClosedCodes.has(code) || (isTTY === true && code === terminalClosedCode);
}

function end(stream: NodeJS.WriteStream, name: string, error: NodeJS.ErrnoException): never {
  if (readerHasLeft(stream, error)) process.exit(exitCodes.outputClosed);
  const lines = [
    `Attempted: write to ${name}`,
    `Failed: ${error.message}`,
    'Next: make room there, or write elsewhere. What was started goes on: pxm operations lists it.',
  ];
  try {
    writeSync(standardError, `${lines.join('\n')}\n`);
  } catch {
    // There is no place for it either; the exit code says that it failed.
  }
  process.exit(exitCodes.incomplete);
}
