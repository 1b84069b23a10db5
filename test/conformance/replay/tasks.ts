import { setTimeout as sleep } from 'node:timers/promises';
import { isObject, type JsonObject } from '../json';
import type { Answer } from '../recording';

/** How long a task is waited for in real time, milliseconds. */
const taskTimeoutMs = 20_000;

/** Between two looks at a running task, real milliseconds. */
const pollIntervalMs = 15;

/** The UPID that an answer consists of, if it does. */
export function upidOf(answer: Answer): string | undefined {
  const data = isObject(answer.body) ? answer.body['data'] : undefined;
  return typeof data === 'string' && data.startsWith('UPID:') ? data : undefined;
}

/** The task status in an answer of GET .../tasks/UPID/status. */
export function taskStatusOf(answer: Answer): JsonObject | undefined {
  const data = isObject(answer.body) ? answer.body['data'] : undefined;
  return isObject(data) ? data : undefined;
}

/** Asks until the task has stopped or time is up, and gives the last answer. */
export async function untilStopped(ask: () => Promise<Answer>): Promise<Answer> {
  const deadline = Date.now() + taskTimeoutMs;
  for (;;) {
    const answer = await ask();
    if (taskStatusOf(answer)?.['status'] !== 'running' || Date.now() > deadline) return answer;
    await sleep(pollIntervalMs);
  }
}
