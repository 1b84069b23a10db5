import { isObject, type JsonObject } from '../json';
import type { Answer } from '../recording';
import type { ClusterUnderTest } from './cluster';

/** How long a task is waited for, seconds of the cluster's time. */
const taskTimeoutSeconds = 600;

/** Between two looks at a running task, seconds of the cluster's time: the recorder took about as many. */
const pollIntervalSeconds = 0.25;

/** A task that takes long is looked at less often: after this share of the time that it was waited for. */
const pollShare = 0.05;

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

/** Asks again until the task has stopped or time is up, and gives the last answer. */
export async function untilStopped(
  cluster: Pick<ClusterUnderTest, 'now' | 'until'>,
  first: Answer,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const begunAt = cluster.now();
  let answer = first;
  while (taskStatusOf(answer)?.['status'] === 'running') {
    const waited = cluster.now() - begunAt;
    if (waited > taskTimeoutSeconds) break;
    await cluster.until(cluster.now() + Math.max(pollIntervalSeconds, waited * pollShare));
    answer = await ask();
  }
  return answer;
}
