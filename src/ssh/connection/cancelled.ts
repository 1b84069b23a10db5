import { sshError } from '../failures';

/**
 * The promise, or Interrupted as soon as the signal is aborted. The work itself goes on: others may wait for it too.
 */
export async function orCancelled<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  attempted: string,
): Promise<T> {
  if (signal === undefined) return work;
  let stop = (): void => undefined;
  const cancelled = new Promise<never>((_resolve, reject) => {
    stop = () => reject(sshError('Interrupted', attempted, 'it was cancelled before it was sent'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, cancelled]);
  } finally {
    signal.removeEventListener('abort', stop);
    // One that lost the race has nobody left to tell.
    work.catch(() => undefined);
  }
}
