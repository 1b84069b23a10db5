import type { TalosMachine } from '../domain/talos/machine';
import { requireOurs } from './probe';
import { talosctl, type TalosContext } from './tool';

/** How a machine is reset. */
export interface ResetOptions {
  /**
   * It drains itself and leaves etcd first, and refuses if it is the last member. Without it, its member stays in etcd and
   * has to be removed by hand: only for a cluster that goes as a whole.
   */
  readonly graceful: boolean;
  readonly withinSeconds: number;
}

/**
 * Wipes a machine and shuts it down, once: by its uuid, looked at right before. Throws OutcomeUnknown where it was cut
 * off: the machine goes on by itself then, or was never told.
 */
export async function resetMachine(
  context: TalosContext,
  machine: TalosMachine,
  { graceful, withinSeconds }: ResetOptions,
  beforeCall: () => void,
): Promise<void> {
  await requireOurs(context, machine);
  beforeCall();
  await talosctl(context, {
    command: ['reset'],
    options: [`--graceful=${graceful}`, '--wait', '--timeout', `${withinSeconds}s`],
    on: { address: machine.address, as: 'authenticated' },
    kind: 'once',
    waits: true,
    timeoutMs: (withinSeconds + 30) * 1_000,
  });
}
