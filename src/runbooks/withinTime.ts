import { createContext, runInContext } from 'node:vm';

/** Making one takes longer than reading a runbook. What is called in it is nobody else's. */
const sandbox: { run?: () => void } = {};
createContext(sandbox);

/**
 * Calls a function, and ends it wherever it is after a time; it must leave nothing half done that others use.
 * Undefined if it was ended, or has filled the stack: parsers of other people do both with texts made for it.
 */
export function withinTime<Result>(
  limitMs: number,
  call: () => Result,
): { readonly value: Result } | undefined {
  let done: { readonly value: Result } | undefined;
  sandbox.run = () => {
    done = { value: call() };
  };
  try {
    runInContext('run()', sandbox, { timeout: limitMs });
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
