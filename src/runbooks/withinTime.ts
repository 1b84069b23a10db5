import { createContext, Script } from 'node:vm';

/** Only scripts can be ended. This one calls what stands in its context; to make a context takes longer than most calls. */
const script = new Script('run()');
const context: { run: () => void } = { run: () => undefined };
createContext(context);

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
  const outer = context.run;
  try {
    context.run = run;
    script.runInContext(context, { timeout: limitMs });
    return done;
  } catch (error) {
    if (isEnded(error) || (error instanceof RangeError && error.message.includes('call stack')))
      return undefined;
    throw error;
  } finally {
    context.run = outer;
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
