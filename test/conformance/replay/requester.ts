import type { LearnedIds } from '../compare/learned';
import { logTexts } from '../compare/log';
import { isObject, type JsonObject } from '../json';
import type { Answer, Exchange, RestRequest } from '../recording';
import type { RecordingState, RequestEvent } from '../state/schema';
import type { ClusterUnderTest } from './cluster';
import { commandAnswer } from '../commands/answer';
import { uploadForm } from './upload';
import { authorizationOf } from './identity';
import type { Underway } from './stepper';
import { taskStatusOf, untilStopped, upidOf } from './tasks';

/** Recorders name an exchange so when they asked for a task's status until it had stopped. */
const polled = /task status \(final\)$/;

/** How long an exchange took whose recording does not say. */
const assumedSeconds = 0.05;

/** Sends recorded requests as the recorder did, with the ids of this run in place of the recorded ones. */
export class Requester {
  constructor(
    private readonly cluster: ClusterUnderTest,
    private readonly state: RecordingState,
    private readonly learned: LearnedIds,
  ) {}

  /** Sends an exchange's request; resolves once it has arrived. The answer waits for its task where the recorder did. */
  async begin({ index, title, request, answer: recorded }: Exchange): Promise<Underway<Answer>> {
    const literal = this.state.redacted.find((redacted) => redacted.at === index);
    const restored = literal === undefined ? request : restoredRequest(request, literal);
    const begunAt = this.cluster.now();
    const underway = await this.#begin(restored);
    const ended = async (): Promise<Answer> => {
      const answer = await underway.answer();
      await this.cluster.until(begunAt + (recorded.seconds ?? assumedSeconds));
      if (polled.test(title)) return untilStopped(this.cluster, answer, () => this.#send(restored));
      const upid = upidOf(answer);
      if (recorded.task === undefined || upid === undefined) return answer;
      return { ...answer, task: await this.finalStatus(upid) };
    };
    return { answer: ended };
  }

  /** A request that somebody else made; its task is waited for, and stands for the recorded task it names. */
  async askForOthers(event: RequestEvent): Promise<void> {
    const answer = await this.#send({
      method: event.method,
      path: event.path,
      params: event.params ?? null,
      node: event.node ?? null,
      auth: event.as,
      headers: {},
      body: undefined,
    });
    if (answer.status !== 200)
      throw new Error(`${event.method} ${event.path}: ${answer.status} ${answer.reason}`);
    const upid = upidOf(answer);
    if (upid === undefined) return;
    if (event.task !== undefined) this.learned.learn(event.task, upid);
    if (event.wait) await this.finalStatus(upid);
  }

  /** Learns which task stands for a recorded one that no recorded answer named: the newest that is like it. */
  async findTask(recorded: string): Promise<void> {
    const [, node = '', , , , typefilter = '', id = '', userfilter = ''] = recorded.split(':');
    const filter = {
      typefilter,
      userfilter,
      source: 'all',
      ...(/^\d+$/.test(id) ? { vmid: Number(id) } : {}),
    };
    const answer = await this.#own(`/api2/json/nodes/${node}/tasks`, filter);
    const rows = isObject(answer.body) ? answer.body['data'] : undefined;
    const newest = Array.isArray(rows) ? rows[0] : undefined;
    const upid = isObject(newest) ? newest['upid'] : undefined;
    if (typeof upid !== 'string') throw new Error(`no task like ${recorded}`);
    this.learned.learn(recorded, upid);
  }

  /** The status of a task when it has ended. */
  async finalStatus(upid: string): Promise<JsonObject | undefined> {
    return taskStatusOf(await this.untilTaskEnded(upid));
  }

  /** The lines of a task's log. */
  async logLines(upid: string): Promise<string[]> {
    const answer = await this.#own(`/api2/json/nodes/${nodeOf(upid)}/tasks/${upid}/log`, { limit: 0 });
    const rows = isObject(answer.body) ? answer.body['data'] : undefined;
    return logTexts(rows) ?? [];
  }

  /** Asks for a task's status until it has stopped. */
  async untilTaskEnded(upid: string): Promise<Answer> {
    const ask = (): Promise<Answer> =>
      this.#own(`/api2/json/nodes/${nodeOf(upid)}/tasks/${upid}/status`, null);
    return untilStopped(this.cluster, await ask(), ask);
  }

  #own(path: string, params: JsonObject | null): Promise<Answer> {
    return this.#send({
      method: 'GET',
      path,
      params,
      node: null,
      auth: undefined,
      headers: {},
      body: undefined,
    });
  }

  async #send(request: RestRequest): Promise<Answer> {
    const underway = await this.#begin(request);
    return underway.answer();
  }

  async #begin(request: RestRequest): Promise<Underway<Answer>> {
    const { learned } = this;
    const node = request.node ?? this.cluster.nodes[0] ?? '';
    if (request.argv !== undefined) {
      const argv = request.argv.map((word) => learned.substitute(word));
      const command = await this.cluster.run(node, argv);
      return { answer: async () => commandAnswer(await command.answer()) };
    }
    const own = await authorizationOf(request, this.state.identities, this.cluster.credentials, learned);
    const headers = Object.fromEntries(
      Object.entries({ ...own, ...request.headers }).map(([key, value]) => [key, learned.substitute(value)]),
    );
    return this.cluster.send(node, {
      method: request.method,
      path: learned.substitute(request.path),
      params: request.params === null ? null : substituteParams(request.params, learned),
      headers,
      body: request.body === undefined ? undefined : learned.substitute(request.body),
    });
  }
}

/** The request with what the recording does not show of it. */
function restoredRequest(request: RestRequest, hidden: RecordingState['redacted'][number]): RestRequest {
  const auth = hidden.authorization ?? hidden.as ?? request.auth;
  const params = hidden.params === undefined ? request.params : { ...request.params, ...hidden.params };
  if (hidden.upload === undefined) return { ...request, auth, params };
  return { ...request, auth, params, ...uploadForm(hidden.upload) };
}

const nodeOf = (upid: string): string => upid.split(':')[1] ?? '';

function substituteParams(params: JsonObject, learned: LearnedIds): JsonObject {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [
      key,
      typeof value === 'string' ? learned.substitute(value) : value,
    ]),
  );
}
