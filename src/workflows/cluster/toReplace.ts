import type { MachineOutcome, ToReplace } from '../../domain/cluster/report';
import type { Decision } from '../../domain/decision';
import { isAsPlanned } from './outcomes';

/**
 * Machines about which a person answered `replace`, in the plan's order; undefined: there are none, or the operation was
 * cancelled: then nothing of it goes on.
 */
export function toReplace(
  { decisions, cancel }: { readonly decisions: readonly Decision[]; readonly cancel?: unknown },
  machines: readonly MachineOutcome[],
): ToReplace | undefined {
  if (cancel !== undefined) return undefined;
  const answered = decisions.filter(({ answer }) => answer?.choice === 'replace');
  const open = machines.filter(
    (machine) => !isAsPlanned(machine) && answered.some(({ vmid }) => vmid === machine.vmid),
  );
  const by = answered.flatMap(({ answer }) => answer?.by ?? []);
  if (open.length === 0) return undefined;
  return { machines: [...new Set(open.map(({ name }) => name))], by: [...new Set(by)].join(', ') };
}
