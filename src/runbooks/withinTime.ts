import { runInNewContext } from 'node:vm';

/**
 * Calls a function, and ends it wherever it is after a time; it must leave nothing half done that others use.
 * Undefined if it was ended, or has filled the stack: parsers of other people do both with texts made for it.
 */
export function withinTime<Result>(
  limitMs: number,
  call: () => Result,
): { readonly value: Result } | undefined {
  let done: { readonly value: Result } | undefined;
  const run = () => {
    done = { value: call() };
  };
  try {
    runInNewContext('run()', { run }, { timeout: limitMs });
    return done;
  } catch (error) {
    if (isEnded(error) || (error instanceof RangeError && error.message.includes('call stack')))
      return undefined;
    throw error;
  }
}

function isEnded(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
