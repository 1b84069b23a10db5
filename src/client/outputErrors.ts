import { writeSync } from 'node:fs';
import { exitCodes } from '../domain/exitCodes';

/** What a closed pipe and a closed terminal answer to a write. */
const readerLeftCodes: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);

const standardError = 2;

/**
 * Ends the process when its output can't be written. Whoever read it has left (`pxm ... | head`, a closed
 * terminal): quietly, since nobody is there to be told. Anything else, such as a full disk: with one message on
 * standard error and exit code 1, because a result that is missing must not look like success.
 */
export function endOnOutputErrors({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => end('standard output', error));
  stderr.on('error', (error: NodeJS.ErrnoException) => end('standard error', error));
}

function end(stream: string, error: NodeJS.ErrnoException): never {
  if (readerLeftCodes.has(error.code)) process.exit(exitCodes.outputClosed);
  const lines = [
    `Attempted: write to ${stream}`,
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
