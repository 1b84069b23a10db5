import { maxMinRates } from './fair-share';
import { Flow, type FlowSpec } from './flow';

/** What the flows share. */
export interface FluidLinks {
  /** What a node's link carries in each direction, in bytes per second. */
  capacityOf(node: string): number;
  /** True if packets between the nodes arrive; a flow between others stands still. */
  connected(source: string, target: string): boolean;
}

/** A flow that is done, and the moment. */
export interface Completion {
  readonly flow: Flow;
  readonly at: number;
}

/**
 * All transfers of a cluster as fluids in pipes: no clock, no randomness. Rates are max-min fair and constant between
 * events; `advance` walks from event to event. Times are seconds on any scale that the caller likes.
 */
export class FluidNetwork {
  private readonly flows = new Set<Flow>();
  private stale = false;
  private nextAt = Infinity;

  constructor(
    private readonly links: FluidLinks,
    private time = 0,
  ) {}

  /** Up to when everything is worked out. */
  get now(): number {
    return this.time;
  }

  /** Begins a flow now; one without bytes is complete at the next `advance`. */
  start(spec: FlowSpec): Flow {
    const flow = new Flow(spec);
    this.flows.add(flow);
    this.stale = true;
    return flow;
  }

  /** Breaks a flow off; harmless if it is done. */
  stop(flow: Flow): void {
    if (this.flows.delete(flow)) this.stale = true;
  }

  /** Capacities or connections are others now. */
  linksChanged(): void {
    this.stale = true;
  }

  /** When the next flow changes by itself; Infinity if none will. */
  nextEvent(): number {
    this.refresh();
    return this.nextAt;
  }

  /** Lets time pass; returns the flows that were done on the way, in order. A time in the past changes nothing. */
  advance(to: number): Completion[] {
    const completions: Completion[] = [];
    for (let next = this.nextEvent(); next <= to; next = this.nextEvent()) {
      const due = [...this.flows].filter(({ dueAt }) => dueAt <= next);
      this.pass(next);
      for (const flow of due) flow.step();
      for (const flow of due.filter(({ done }) => done)) {
        this.flows.delete(flow);
        completions.push({ flow, at: next });
      }
      this.stale = true;
    }
    this.pass(to);
    return completions;
  }

  /** Bytes of the flow that will have been carried at a time before its next event. */
  transferredBytesAt(flow: Flow, at: number): number {
    this.refresh();
    const seconds = Math.max(Math.min(at, flow.dueAt) - this.time, 0);
    return flow.transferredBytes + flow.rateBytesPerSecond * seconds;
  }

  private pass(to: number): void {
    if (to <= this.time) return;
    this.refresh();
    for (const flow of this.flows) flow.pass(to - this.time);
    this.time = to;
  }

  private refresh(): void {
    if (!this.stale) return;
    this.stale = false;
    const moving = [...this.flows].filter((flow) => {
      flow.rateBytesPerSecond = 0;
      return !flow.done && this.links.connected(flow.spec.source, flow.spec.target);
    });
    const rates = maxMinRates(
      moving.map(({ spec }) => spec),
      (node) => this.links.capacityOf(node),
    );
    for (const [index, flow] of moving.entries()) flow.rateBytesPerSecond = rates[index] ?? 0;
    this.nextAt = Infinity;
    for (const flow of this.flows) {
      flow.dueAt = this.time + flow.secondsToNextEvent();
      this.nextAt = Math.min(this.nextAt, flow.dueAt);
    }
  }
}
