import { compareAnswers } from '../compare/answer';
import { endpointOf } from '../compare/endpoint';
import { comparableLog, logTexts } from '../compare/log';
import type { LearnedIds } from '../compare/learned';
import { isObject } from '../json';
import type { Answer, Exchange, Recording } from '../recording';
import { taskStatusOf, upidOf } from './tasks';
import type { Requester } from './requester';

/** How an answer's task ended: what tells the winner of a race from the others. */
interface Outcome {
  readonly exitStatus: string | undefined;
  readonly log: readonly string[];
}

/**
 * Requests that were sent at once are answered in any order: the answers are dealt out to the exchanges such that they
 * fit best, by the answers themselves and by how their tasks ended. Each answer is given to one exchange only.
 */
export async function matchAnswers(
  recording: Recording,
  group: readonly Exchange[],
  answers: readonly Answer[],
  requester: Requester,
  learned: LearnedIds,
): Promise<Answer[]> {
  const recorded = group.map((exchange) => recordedOutcome(recording, exchange.answer));
  const actual: Outcome[] = [];
  for (const answer of answers) actual.push(await actualOutcome(answer, requester));
  const cost = group.map((exchange, row) =>
    answers.map((answer, column) => {
      const context = { endpoint: endpointOf(exchange.request.path), learned: learned.copy() };
      const differences = compareAnswers(context, exchange.answer, answer).length;
      return 10 * differences + outcomeDistance(recorded[row], actual[column]);
    }),
  );
  return cheapestOrder(cost).flatMap((column) => answers[column] ?? []);
}

function recordedOutcome(recording: Recording, answer: Answer): Outcome {
  const upid = upidOf(answer);
  if (upid === undefined) return { exitStatus: undefined, log: [] };
  const about = (suffix: string): Answer | undefined =>
    recording.exchanges.findLast(({ request }) => request.path.endsWith(`/tasks/${upid}/${suffix}`))?.answer;
  const status = about('status');
  const log = about('log');
  const exitStatus = status === undefined ? undefined : taskStatusOf(status)?.['exitstatus'];
  const rows = isObject(log?.body) ? log.body['data'] : undefined;
  return {
    exitStatus: typeof exitStatus === 'string' ? exitStatus : undefined,
    log: comparableLog(logTexts(rows) ?? []),
  };
}

async function actualOutcome(answer: Answer, requester: Requester): Promise<Outcome> {
  const upid = upidOf(answer);
  if (upid === undefined) return { exitStatus: undefined, log: [] };
  const exitStatus = (await requester.finalStatus(upid))?.['exitstatus'];
  const log = comparableLog(await requester.logLines(upid));
  return { exitStatus: typeof exitStatus === 'string' ? exitStatus : undefined, log };
}

function outcomeDistance(recorded: Outcome | undefined, actual: Outcome | undefined): number {
  const exit = recorded?.exitStatus === actual?.exitStatus ? 0 : 5;
  return exit + (JSON.stringify(recorded?.log) === JSON.stringify(actual?.log) ? 0 : 1);
}

/** The permutation of columns with the least sum of costs. Groups are small: all are tried. */
function cheapestOrder(cost: readonly (readonly number[])[]): number[] {
  let best: { order: number[]; sum: number } = { order: [], sum: Number.POSITIVE_INFINITY };
  const visit = (order: number[], sum: number): void => {
    if (sum >= best.sum) return;
    if (order.length === cost.length) best = { order, sum };
    const row = cost[order.length] ?? [];
    row.forEach((price, column) => {
      if (!order.includes(column)) visit([...order, column], sum + price);
    });
  };
  visit([], 0);
  return best.order;
}
