import type { EvacuationPlan } from '../../domain/evacuationPlan';

/** What a new plan does otherwise than the one before it, guest by guest, in words. */
export function planDifference(before: EvacuationPlan, after: EvacuationPlan): string[] {
  const fates = { before: fatesOf(before), after: fatesOf(after) };
  const guests = [...new Set([...fates.before.keys(), ...fates.after.keys()])].sort((a, b) => a - b);
  return guests.flatMap((vmid) => {
    const was = fates.before.get(vmid) ?? notInPlan;
    const is = fates.after.get(vmid) ?? notInPlan;
    if (was.fate === is.fate) return [];
    return [`${vmid} ${is.name || was.name}: ${was.fate} -> ${is.fate}`];
  });
}

interface Fate {
  readonly name: string;
  readonly fate: string;
}

const notInPlan: Fate = { name: '', fate: 'not in the plan' };

function fatesOf(plan: EvacuationPlan): Map<number, Fate> {
  return new Map<number, Fate>([
    ...plan.moves.map((it) => [it.vmid, { name: it.name, fate: `${it.mode} to ${it.target}` }] as const),
    ...plan.stays.map((it) => [it.vmid, { name: it.name, fate: `stays (${it.reason})` }] as const),
  ]);
}
