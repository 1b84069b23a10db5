import type { SimulatedClock } from '../clock';

/** The two moments at which something that arrives can be caught: before it is done, and after, before the answer. */
export type Moment = 'before handling' | 'before answering';

/** What becomes of something that was caught: `drop` breaks its connection. */
export type Verdict<Instead> =
  { readonly kind: 'go on' } | { readonly kind: 'drop' } | ({ readonly kind: 'answer' } & Instead);

/** What a fault does to whatever fits, at its moment. */
export interface Fault<Instead> {
  readonly moment: Moment;
  /** Simulated seconds to wait first. */
  readonly delaySeconds?: number;
  /** Then: break the connection, or answer this instead. */
  readonly then?: 'drop' | Instead;
}

/** Something that is held; nothing happens to it until it is released. */
export interface HoldOf<Item> {
  readonly id: number;
  /** Resolves with it once one is held. */
  readonly arrived: Promise<Item>;
  /** What is held now, if anything. */
  readonly request: Item | undefined;
  /** Lets it go on, or breaks its connection. A hold that nothing came to is withdrawn. */
  release(verdict?: 'go on' | 'drop'): void;
}

/** Says which arrivals an order is meant for. */
export interface Counter<Item> {
  /** True if this is one of those meant. Asked once an arrival. */
  meets(item: Item): boolean;
  /** True once the last one that was meant has come. */
  readonly isSpent: boolean;
}

interface Order<Item, Instead> {
  readonly counter: Counter<Item>;
  readonly moment: Moment;
  act(item: Item): Promise<Verdict<Instead>>;
}

/** Holds and faults that wait for arrivals of one kind. */
export class Orders<Item, Instead extends object> {
  private readonly orders = new Set<Order<Item, Instead>>();
  private nextHold = 1;

  constructor(private readonly clock: SimulatedClock) {}

  /** Orders a fault; returns how to withdraw it. */
  fault(counter: Counter<Item>, fault: Fault<Instead>): () => void {
    const order: Order<Item, Instead> = {
      counter,
      moment: fault.moment,
      act: async () => {
        if (fault.delaySeconds !== undefined) await this.clock.sleep(fault.delaySeconds);
        if (fault.then === undefined) return { kind: 'go on' };
        return fault.then === 'drop' ? { kind: 'drop' } : { kind: 'answer', ...fault.then };
      },
    };
    this.orders.add(order);
    return () => this.orders.delete(order);
  }

  /** Holds the next one that is meant, at the moment, until it is released. */
  hold(counter: Counter<Item>, moment: Moment): HoldOf<Item> {
    let decide: (verdict: Verdict<Instead>) => void = () => undefined;
    const decision = new Promise<Verdict<Instead>>((resolve) => (decide = resolve));
    let announce: (item: Item) => void = () => undefined;
    const arrived = new Promise<Item>((resolve) => (announce = resolve));
    let held: Item | undefined;
    const order: Order<Item, Instead> = {
      counter,
      moment,
      act: (item) => {
        held = item;
        announce(item);
        return decision;
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

  /** Applies the orders that are meant for it, until one says otherwise than `go on`. */
  async pass(item: Item, moment: Moment): Promise<Verdict<Instead>> {
    const meant = [...this.orders].filter((order) => order.moment === moment && order.counter.meets(item));
    for (const order of meant) {
      if (order.counter.isSpent) this.orders.delete(order);
      const verdict = await order.act(item);
      if (verdict.kind !== 'go on') return verdict;
    }
    return { kind: 'go on' };
  }
}
