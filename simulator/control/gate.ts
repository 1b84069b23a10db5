import type { SimulatedClock } from '../clock';
import type { Answer } from '../http/envelope';
import type { RawValue } from '../http/parameters';
import { MatchCounter, type RequestMatcher } from './matcher';
import { pathOfUrl, withoutSecrets, type RequestRecord } from './requests';

/** What becomes of a request or its answer. */
export type Verdict =
  | { readonly kind: 'go on' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'answer'; readonly status: number; readonly reason: string };

/** The two moments at which a request can be caught. */
export type Moment = 'before handling' | 'before answering';

/** What a fault does to a matching request, at its moment. */
export interface RequestFault {
  readonly moment: Moment;
  /** Simulated seconds to wait first. */
  readonly delaySeconds?: number;
  /** Then: break the connection, or answer this with an empty body instead. */
  readonly then?: 'drop' | { readonly status: number; readonly reason: string };
}

/** A request that is held; nothing happens to it until it is released. */
export interface Hold {
  readonly id: number;
  /** Resolves with the request once one is held. */
  readonly arrived: Promise<RequestRecord>;
  /** The request that is held now, if any. */
  readonly request: RequestRecord | undefined;
  /** Lets it go on, or breaks its connection. A hold that nothing came to is withdrawn. */
  release(verdict?: 'go on' | 'drop'): void;
}

interface Order {
  readonly counter: MatchCounter;
  readonly moment: Moment;
  act(request: RequestRecord): Promise<Verdict>;
}

const goOn: Verdict = { kind: 'go on' };

/** Every request passes here: it is recorded, and holds and faults are applied. */
export class RequestGate {
  readonly requests: RequestRecord[] = [];
  private readonly orders = new Set<Order>();
  private readonly listeners = new Set<() => void>();
  private nextHold = 1;

  constructor(private readonly clock: SimulatedClock) {}

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
    const order: Order = {
      counter: new MatchCounter(matcher),
      moment: fault.moment,
      act: async (request) => {
        if (fault.delaySeconds !== undefined) await this.clock.sleep(fault.delaySeconds);
        if (fault.then === undefined) return goOn;
        return fault.then === 'drop' ? this.drop(request) : { kind: 'answer', ...fault.then };
      },
    };
    this.orders.add(order);
    return () => this.orders.delete(order);
  }

  /** Holds the next matching request at the moment until released. */
  hold(matcher: RequestMatcher, moment: Moment): Hold {
    let decide: (verdict: Verdict) => void = () => undefined;
    const decision = new Promise<Verdict>((resolve) => (decide = resolve));
    let announce: (request: RequestRecord) => void = () => undefined;
    const arrived = new Promise<RequestRecord>((resolve) => (announce = resolve));
    let held: RequestRecord | undefined;
    const order: Order = {
      counter: new MatchCounter(matcher),
      moment,
      act: async (request) => {
        held = request;
        announce(request);
        const verdict = await decision;
        return verdict.kind === 'drop' ? this.drop(request) : verdict;
      },
    };
    this.orders.add(order);
    return {
      id: this.nextHold++,
      arrived,
      get request() {
        return held;
      },
      release: (verdict = 'go on') => {
        this.orders.delete(order);
        decide({ kind: verdict });
      },
    };
  }

  /** `listener` hears of each request that arrives or ends; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async pass(request: RequestRecord, moment: Moment): Promise<Verdict> {
    const meant = [...this.orders].filter((order) => order.moment === moment && order.counter.meets(request));
    for (const order of meant) {
      if (order.counter.isSpent) this.orders.delete(order);
      const verdict = await order.act(request);
      if (verdict.kind !== 'go on') return verdict;
    }
    return goOn;
  }

  private drop(request: RequestRecord): Verdict {
    request.outcome = 'dropped';
    this.notify();
    return { kind: 'drop' };
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}
