import { compareAnswers } from '../compare/answer';
import { endpointOf } from '../compare/endpoint';
import { LearnedIds } from '../compare/learned';
import type { Mismatch } from '../compare/value';
import type { Answer, Exchange, Recording } from '../recording';
import type { RecordingState, TimedEvent } from '../state/schema';
import type { ClusterUnderTest } from './cluster';
import { matchAnswers } from './together';
import { Requester } from './requester';
import type { Underway } from './stepper';

/** What became of one exchange. */
export interface ExchangeResult {
  readonly exchange: Exchange;
  readonly actual: Answer;
  /** None: it passed. */
  readonly mismatches: readonly Mismatch[];
}

/** What became of a recording. */
export interface RecordingResult {
  readonly recording: Recording;
  readonly results: readonly ExchangeResult[];
  /** Out-of-band events that could not be brought about, each with the reason. */
  readonly failedEvents: readonly string[];
  /** All ids that were paired while replaying. */
  readonly learned: LearnedIds;
}

/** Replays one recording against a cluster in the state that the recording implies, and compares every answer. */
export async function replayRecording(
  recording: Recording,
  state: RecordingState,
  cluster: ClusterUnderTest,
): Promise<RecordingResult> {
  const learned = new LearnedIds();
  const requester = new Requester(cluster, state, learned);
  const results: ExchangeResult[] = [];
  const failedEvents: string[] = [];
  for (const group of groupsOf(recording, state)) {
    for (const timed of eventsBefore(state, group)) {
      await applyEvent(cluster, requester, timed, learned).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        failedEvents.push(`event "${timed.event.kind}" before #${timed.before}: ${reason}`);
      });
    }
    const answers = await askAtOnce(group, requester, cluster);
    const matched =
      group.length === 1 ? answers : await matchAnswers(recording, group, answers, requester, learned);
    results.push(...group.map((exchange, at) => judge(exchange, matched[at], learned)));
  }
  results.sort((a, b) => a.exchange.index - b.exchange.index);
  return { recording, results, failedEvents, learned };
}

function judge(exchange: Exchange, actual: Answer | undefined, learned: LearnedIds): ExchangeResult {
  const answer = actual ?? { status: 0, reason: 'not asked', headers: {}, body: undefined, task: undefined };
  const context = { endpoint: endpointOf(exchange.request.path), learned };
  return { exchange, actual: answer, mismatches: compareAnswers(context, exchange.answer, answer) };
}

/** Between two requests that are sent at once, seconds of the cluster's time: they overlap, but arrive in this order. */
const overlapSeconds = 0.08;

async function askAtOnce(
  group: readonly Exchange[],
  requester: Requester,
  cluster: ClusterUnderTest,
): Promise<Answer[]> {
  const underway: Underway<Answer>[] = [];
  for (const exchange of group) {
    if (underway.length > 0) await cluster.until(cluster.now() + overlapSeconds);
    underway.push(await requester.begin(exchange));
  }
  const answers: Answer[] = [];
  for (const one of underway) answers.push(await one.answer());
  return answers;
}

/** The exchanges one by one; those that the state file says were sent at once as a group, in its order. */
function groupsOf(recording: Recording, state: RecordingState): Exchange[][] {
  const done = new Set<number>();
  return recording.exchanges.flatMap((exchange) => {
    if (done.has(exchange.index)) return [];
    const together = state.together.find((group) => group.includes(exchange.index)) ?? [exchange.index];
    for (const index of together) done.add(index);
    return [together.flatMap((one) => recording.exchanges.find(({ index }) => index === one) ?? [])];
  });
}

function eventsBefore(state: RecordingState, group: readonly Exchange[]): TimedEvent[] {
  return state.events.filter(({ before }) =>
    group.some(({ index, title }) => before === index || (typeof before === 'string' && before === title)),
  );
}

async function applyEvent(
  cluster: ClusterUnderTest,
  requester: Requester,
  { event }: TimedEvent,
  learned: LearnedIds,
): Promise<void> {
  if (event.kind === 'request') await requester.askForOthers(event);
  else if (event.kind === 'worker-killed')
    await cluster.apply({ ...event, task: learned.substitute(event.task) });
  else if (event.kind === 'task-ended') await requester.untilTaskEnded(learned.substitute(event.task));
  else if (event.kind === 'task-known') await requester.findTask(event.task);
  else await cluster.apply(event);
}
