import type { ScheduledAction, SimulatedClock } from '../clock';
import type { NetworkSettings } from '../cluster/settings';
import type { Flow, FlowSpec } from './flow';
import { FluidNetwork, type Completion } from './fluid';

/** How a transfer ended. */
export type TransferEnd =
  | {
      readonly outcome: 'done';
      /** The exact moment, simulated seconds since the epoch: a timer may tell of it a little later. */
      readonly at: number;
      readonly transferredBytes: number;
      /** How long the guest stood still, in seconds; 0 for a disk. */
      readonly downtimeSeconds: number;
    }
  | { readonly outcome: 'cancelled' };

/** One transfer over the cluster's network. */
export interface Transfer {
  /** Never rejects. */
  readonly ended: Promise<TransferEnd>;
  /** Bytes carried until now. */
  transferredBytes(): number;
  /** How long QEMU may let the guest stand still now, in seconds. */
  downtimeLimitSeconds(): number;
  /** Breaks it off; harmless when it has ended. */
  cancel(): void;
}

/** Between two looks at a transfer, in real seconds at least: a fast clock must not make looking expensive. */
const shortestLookRealSeconds = 0.02;

/** Waits for the next look at a transfer, or for its end, which is what it resolves with then. */
export async function nextLook(
  clock: SimulatedClock,
  transfer: Transfer,
  everySeconds: number,
): Promise<TransferEnd | undefined> {
  const pause = new AbortController();
  const seconds = Math.max(everySeconds, shortestLookRealSeconds * clock.speed);
  const paused = clock.sleep(seconds, pause.signal).then(
    () => undefined,
    () => undefined,
  );
  const end = await Promise.race([transfer.ended, paused]);
  pause.abort();
  return end;
}

/** The network between the nodes, driven by the simulator's clock. */
export class ClusterNetwork {
  private readonly fluid: FluidNetwork;
  private readonly open = new Map<Flow, (end: TransferEnd) => void>();
  private timer: ScheduledAction | undefined;

  constructor(
    private readonly clock: SimulatedClock,
    settings: Pick<NetworkSettings, 'linkBytesPerSecond' | 'linkOfNode'>,
    connected: (source: string, target: string) => boolean,
  ) {
    const capacityOf = (node: string): number => settings.linkOfNode.get(node) ?? settings.linkBytesPerSecond;
    this.fluid = new FluidNetwork({ capacityOf, connected }, clock.now());
  }

  /** Begins to carry bytes; the transfer shares the links with all others. */
  start(spec: FlowSpec): Transfer {
    this.catchUp();
    const flow = this.fluid.start(spec);
    let settle: (end: TransferEnd) => void = () => undefined;
    const ended = new Promise<TransferEnd>((resolve) => (settle = resolve));
    this.open.set(flow, settle);
    this.rearm();
    return {
      ended,
      transferredBytes: () => this.fluid.transferredBytesAt(flow, this.clock.now()),
      downtimeLimitSeconds: () => flow.downtimeLimitSeconds,
      cancel: () => this.cancel(flow),
    };
  }

  /** To be called after a node or a link went or came back. */
  topologyChanged(): void {
    this.catchUp();
    this.fluid.linksChanged();
    this.rearm();
  }

  private cancel(flow: Flow): void {
    const settle = this.open.get(flow);
    if (settle === undefined) return;
    this.catchUp();
    this.fluid.stop(flow);
    this.open.delete(flow);
    settle({ outcome: 'cancelled' });
    this.rearm();
  }

  private catchUp(): void {
    for (const completion of this.fluid.advance(this.clock.now())) this.complete(completion);
  }

  private complete({ flow, at }: Completion): void {
    const { transferredBytes, downtimeSeconds } = flow;
    this.open.get(flow)?.({ outcome: 'done', at, transferredBytes, downtimeSeconds });
    this.open.delete(flow);
  }

  private rearm(): void {
    this.timer?.cancel();
    this.timer = undefined;
    const next = this.fluid.nextEvent();
    if (!Number.isFinite(next)) return;
    this.timer = this.clock.after(Math.max(next - this.clock.now(), 0), () => {
      this.catchUp();
      this.rearm();
    });
  }
}
