import type { Output } from './output';

/** Nobody wonders before this. */
const slowAfterMs = 2_000;

/** Waits, and says on standard error what for once that takes longer than two seconds. */
export async function sayIfSlow<T>(output: Output, text: string, wait: Promise<T>): Promise<T> {
  const timer = setTimeout(() => output.note(text), slowAfterMs);
  try {
    return await wait;
  } finally {
    clearTimeout(timer);
  }
}
