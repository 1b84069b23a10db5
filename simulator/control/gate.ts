import type { SimulatedClock } from '../clock';
import type { Answer } from '../http/envelope';
import type { RawValue } from '../http/parameters';
import { MatchCounter, type RequestMatcher } from './matcher';
import { Orders, type Fault, type HoldOf, type Moment, type Verdict as VerdictOf } from './orders';
import { pathOfUrl, withoutSecrets, type RequestRecord } from './requests';

/** An answer with an empty body, in place of the cluster's own. */
interface OtherAnswer {
  readonly status: number;
  readonly reason: string;
}

/** What becomes of a request or its answer. */
export type Verdict = VerdictOf<OtherAnswer>;

/** What a fault does to a matching request, at its moment. */
export type RequestFault = Fault<OtherAnswer>;

/** A request that is held; nothing happens to it until it is released. */
export type Hold = HoldOf<RequestRecord>;

/** Every request passes here: it is recorded, and holds and faults are applied. */
export class RequestGate {
  readonly requests: RequestRecord[] = [];
  private readonly orders: Orders<RequestRecord, OtherAnswer>;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly clock: SimulatedClock) {
    this.orders = new Orders(clock);
  }

  /** A request has arrived. */
  receive(node: string, method: string, url: string): RequestRecord {
    const request: RequestRecord = {
      id: this.requests.length + 1,
      node,
      method,
      path: pathOfUrl(url),
      receivedAt: this.clock.now(),
      receivedAtMs: Date.now(),
      parameters: {},
      answeredAt: undefined,
      status: undefined,
      reason: undefined,
      outcome: 'open',
      notes: {},
    };
    this.requests.push(request);
    this.notify();
    return request;
  }

  /** Its query and body were read. */
  describe(request: RequestRecord, values: ReadonlyMap<string, RawValue>): void {
    request.parameters = withoutSecrets(values);
  }

  beforeHandling(request: RequestRecord): Promise<Verdict> {
    return this.pass(request, 'before handling');
  }

  beforeAnswering(request: RequestRecord): Promise<Verdict> {
    return this.pass(request, 'before answering');
  }

  /** Notes the answer that is written now. */
  record(request: RequestRecord, answer: Answer): Answer {
    request.answeredAt = this.clock.now();
    request.status = answer.status;
    request.reason = answer.reason;
    if (request.outcome === 'open') request.outcome = 'answered';
    this.notify();
    return answer;
  }

  /** The connection of the request is gone: after the whole answer (`finished`), or before. */
  connectionClosed(request: RequestRecord, finished: boolean): void {
    if (finished || request.outcome === 'dropped') return;
    request.outcome = 'client gone';
    this.notify();
  }

  /** Orders a fault for matching requests; returns how to withdraw it. */
  fault(matcher: RequestMatcher, fault: RequestFault): () => void {
    return this.orders.fault(new MatchCounter(matcher), fault);
  }

  /** Holds the next matching request at the moment until released. */
  hold(matcher: RequestMatcher, moment: Moment): Hold {
    return this.orders.hold(new MatchCounter(matcher), moment);
  }

  /** `listener` hears of each request that arrives or ends; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async pass(request: RequestRecord, moment: Moment): Promise<Verdict> {
    const verdict = await this.orders.pass(request, moment);
    if (verdict.kind === 'drop') {
      request.outcome = 'dropped';
      this.notify();
    }
    return verdict;
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}
