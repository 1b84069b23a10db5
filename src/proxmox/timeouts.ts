import type { CallKind, Timeouts } from './types';

/** Time limits of the client, each with its reason. */
export const defaultTimeouts: Timeouts = {
  // A node on the same site answers in milliseconds; one that is down should cost little before the next is asked.
  connectMs: 5_000,
  // Answered from files or memory in milliseconds, but a worker of the node may be blocked by a slow call (behaviour: 1.1),
  // and every 401 is delayed by 3 s.
  quickMs: 15_000,
  // Proxmox itself gives up after 30 s and says 596 (behaviour: 1.5): that answer is worth waiting for.
  slowMs: 35_000,
  // Asked again anyway; short, so that a frozen node shows soon.
  pollMs: 10_000,
  // As slow: to give up before the server does would make an outcome unknown that is about to be known.
  changeMs: 35_000,
  // Long enough not to pay the connect time for every call, short enough to notice that a node is back.
  avoidMs: 30_000,
};

/** Idle connections are closed by the server after 5 s (behaviour: 1.1), so ours are closed before. */
export const keepAliveMs = 3_000;

/** The time limit of a read. */
export function readLimitMs(kind: CallKind, timeouts: Timeouts): number {
  return { quick: timeouts.quickMs, slow: timeouts.slowMs, poll: timeouts.pollMs }[kind];
}
