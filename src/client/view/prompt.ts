import { setTimeout as delay } from 'node:timers/promises';
import { Interrupted } from '../failures';
import type { Session } from '../session';

/** One thing that can be chosen. */
export interface Choice<Value extends string> {
  readonly value: Value;
  readonly name: string;
}

const lookAgainMs = 1_000;

/**
 * Asks the person at the terminal, with the last choice (leave it) marked, so that a stray Enter does nothing; `settled` if `stillAsked` says meanwhile that the question is no longer open
 * (another person answered). Throws Interrupted on Ctrl-C.
 */
export async function choose<Value extends string>(
  session: Session,
  message: string,
  choices: readonly Choice<Value>[],
  stillAsked: () => Promise<boolean>,
): Promise<Value | 'settled'> {
  const { select } = await import('@inquirer/prompts');
  const settled = new AbortController();
  const { stdin, stdout } = session.terminal;
  const watching = abortOnceSettled(settled, stillAsked);
  try {
    return await select<Value>(
      { message, choices: [...choices], ...marked(choices) },
      { input: stdin, output: stdout, signal: AbortSignal.any([settled.signal, session.interrupted]) },
    );
  } catch (error) {
    if (settled.signal.aborted) return 'settled';
    const name = error instanceof Error ? error.name : '';
    if (name === 'ExitPromptError' || name === 'AbortPromptError') throw new Interrupted();
    throw error;
  } finally {
    settled.abort();
    await watching;
  }
}

function marked<Value extends string>(choices: readonly Choice<Value>[]): { readonly default?: Value } {
  const last = choices.at(-1);
  return last === undefined ? {} : { default: last.value };
}

async function abortOnceSettled(settled: AbortController, stillAsked: () => Promise<boolean>): Promise<void> {
  const { signal } = settled;
  for (;;) {
    await delay(lookAgainMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const open = await stillAsked().catch(() => true);
    if (!open) settled.abort();
  }
}
