import { condition } from '@temporalio/workflow';
import type { PlannedMachine, PlannedTalos } from '../../../domain/cluster/plan';
import { Carried, carryWanted } from '../../shared/carry';
import { isCancelled } from '../../shared/frameStep';
import type { ClusterRun } from '../run';
import { fetchKubeconfig } from './join';
import { castOf, configuredNow } from './machines';
import { talosAfter } from './record';

/** Where machines wait for what one does for all of them: etcd is bootstrapped, and the kubeconfig is fetched. */
export interface Gate {
  /** Waits until Kubernetes can be asked. False: it can't be, and nothing of this operation changes that. */
  readonly pass: (machine: PlannedMachine) => Promise<boolean>;
  /** Whether a machine waits here: it needs nobody's time then. */
  readonly holds: (machine: PlannedMachine) => boolean;
  /** A machine comes here, or has given up on its way: if etcd is bootstrapped on it, that is over either way. */
  readonly arrived: (machine: PlannedMachine) => void;
}

/** The gate of the machines of one phase. */
export function openGate(run: ClusterRun, talos: PlannedTalos, machines: readonly PlannedMachine[]): Gate {
  const { state, definition } = run.operation;
  const isChosen = ({ vmid }: PlannedMachine) => vmid === talos.bootstrapOn;
  const waiting = new Set<number>();
  const begin = { isOver: !machines.some(isChosen) };
  const isBegun = () => talosAfter(run.plan, state, run.change.record?.talos)?.bootstrapped === true;
  const isInVain = () => begin.isOver || isCancelled(run);
  const carry = () => carryWanted(definition.historyEventLimit);
  let fetched: Promise<boolean> | undefined;

  async function pass(): Promise<boolean> {
    await condition(() => isBegun() || isInVain() || carry());
    if (!isBegun()) {
      if (isInVain()) return false;
      throw new Carried();
    }
    fetched ??= fetchKubeconfig(run, castOf(configuredNow(run), talos));
    return fetched;
  }

  return {
    holds: ({ vmid }) => waiting.has(vmid),
    arrived: (machine) => {
      if (isChosen(machine)) begin.isOver = true;
    },
    async pass({ vmid }) {
      waiting.add(vmid);
      try {
        return await pass();
      } finally {
        waiting.delete(vmid);
      }
    },
  };
}
