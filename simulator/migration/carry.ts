import { fail } from '../http/errors';
import type { FlowSpec } from '../network/flow';
import { nextLook, type Transfer, type TransferEnd } from '../network/live';
import type { MigrationRun } from './run';

/** How a transfer is looked after. */
export interface CarryOptions {
  readonly spec: FlowSpec;
  /** Simulated seconds between two looks. */
  readonly everySeconds: number;
  /** Called at each look; what it throws breaks the transfer off. */
  readonly look: (transfer: Transfer, elapsedSeconds: number) => void;
}

/** A transfer that came to its end. */
export type CarryEnd = Extract<TransferEnd, { outcome: 'done' }>;

/**
 * Carries bytes to the target and looks at it from time to time. The transfer ends with the worker, whatever kills it.
 * The migration goes on from the exact moment of its end.
 */
export async function carry(
  run: MigrationRun,
  { spec, everySeconds, look }: CarryOptions,
): Promise<CarryEnd> {
  const { cluster, worker } = run;
  const startedAt = cluster.clock.now();
  const transfer = cluster.transfers.start(spec);
  const forget = worker.whenGone(() => transfer.cancel());
  try {
    for (;;) {
      const end = await worker.wait(nextLook(cluster.clock, transfer, everySeconds));
      if (end?.outcome === 'done') {
        run.resumeFrom(end.at);
        return end;
      }
      if (end?.outcome === 'cancelled') fail('interrupted by signal');
      run.requireConnection();
      look(transfer, cluster.clock.now() - startedAt);
    }
  } finally {
    forget();
    transfer.cancel();
  }
}

/** The machine's process on the source must be the one that the migration began with. */
export function requireSourceProcess(run: MigrationRun, query: string): void {
  const { guest, source, process, vmid } = run;
  if (guest.processes.get(source.name) === process) return;
  fail(`VM ${vmid} qmp command '${query}' failed - client closed connection`);
}

/** The incoming process must still be there; of a target that can't be reached nothing is known. */
export function requireIncomingProcess(run: MigrationRun, text: string): void {
  if (run.targetReachable && !run.guest.processes.has(run.target.name)) fail(text);
}
