import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { keywordOf } from '../../../src/client/operations/searchAttributes';
import type { Decision } from '../../../src/domain/decision';
import { problemText } from '../../../src/domain/errors';
import { answered } from './answered';

/** An operation that is measured. */
interface Measured {
  readonly handle: WorkflowHandle;
}

/** Seldom enough to cost nothing that is measured: the server alone answers it. */
const lookEveryMs = 2_000;
const asks: ReadonlySet<string> = new Set(['decision', 'credentials']);

/**
 * What is awaited of an operation that nobody is to be asked about. Throws the words of its question as soon as it asks
 * one: it stays open until somebody answers, and here nobody does.
 */
export async function unasked<T>({ handle }: Measured, awaited: Promise<T>): Promise<T> {
  const over = new AbortController();
  try {
    return await Promise.race([awaited, failOnceAsked(handle, over.signal)]);
  } finally {
    over.abort();
  }
}

async function failOnceAsked(handle: WorkflowHandle, over: AbortSignal): Promise<never> {
  while (!over.aborted) {
    const question = await answered(openQuestion(handle));
    if (question !== undefined) throw new Error(`${handle.workflowId} asks: ${question}`);
    await delay(lookEveryMs, undefined, { signal: over }).catch(() => undefined);
  }
  return new Promise(() => undefined);
}

/** Undefined: none is open now. */
async function openQuestion(handle: WorkflowHandle): Promise<string | undefined> {
  if (!asks.has(keywordOf(await handle.describe(), 'PveWaitingFor') ?? '')) return undefined;
  const decisions = await handle.query<Decision[]>('decisions');
  const open = decisions.find(({ answer }) => answer === undefined);
  return open === undefined ? undefined : `${open.title}: ${problemText(open.problem)}. Now: ${open.seen}`;
}
