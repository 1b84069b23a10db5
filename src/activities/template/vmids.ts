import type { VmidRange } from '../../config/clusterConfig';
import { ManagerError, problem } from '../../domain/errors';
import type { LeaseHolder } from '../../domain/lease';
import type { WantedVmids } from '../../planning/template/plan';
import { lookAtGuest } from '../guests/guest';
import { leaseFreeVmid } from '../ledger/leaseFreeVmid';
import { unleasedVmids } from '../ledger/unleasedVmids';
import type { TemplateDependencies } from './dependencies';
import type { TemplateFacts } from './look';

/** VMIDs of a plan. */
export interface PlannedVmids {
  readonly copies: readonly number[];
  readonly bootTest?: number;
}

/** Leases the VMIDs that a plan needs; asking again gives the same ones. */
export async function leaseVmids(
  { client, ledger, config }: TemplateDependencies,
  wanted: WantedVmids,
  holder: LeaseHolder,
  { places }: TemplateFacts,
  signal: AbortSignal,
): Promise<PlannedVmids> {
  const isOurs = async (place: { readonly node: string; readonly vmid: number }) => {
    const guest = await lookAtGuest(client, place, { signal });
    return guest?.marker?.run === holder.firstExecutionRunId;
  };
  const lease = (purpose: string, range: VmidRange) =>
    leaseFreeVmid(client, ledger, { holder, purpose, range, isOurs, guests: places }, { signal });
  const copies: number[] = [];
  for (const node of wanted.copies) copies.push(await lease(`copy on ${node}`, templateRange(config)));
  return wanted.bootTest ? { copies, bootTest: await lease('boot test', testRange(config)) } : { copies };
}

/** VMIDs that are free now, for a plan that leases nothing. */
export async function freeVmids(
  { ledger, config }: TemplateDependencies,
  wanted: WantedVmids,
  { places }: TemplateFacts,
): Promise<PlannedVmids> {
  const next = unleasedVmids(places.keys(), await ledger.view());
  const copies = wanted.copies.map(() => next(templateRange(config)));
  return wanted.bootTest ? { copies, bootTest: next(testRange(config)) } : { copies };
}

function templateRange({ file, conventions }: TemplateDependencies['config']): VmidRange {
  const range = conventions.vmidRanges.templates;
  if (range !== undefined) return range;
  throw new ManagerError(
    problem('ConfigInvalid', {
      attempted: 'choose a VMID for a template',
      failed: `${file} has no vmid_ranges.templates`,
      remedy: 'Add it, e.g. vmid_ranges: { templates: 100-999 }',
    }),
  );
}

/** Test clones are machines like others while they live. */
function testRange(config: TemplateDependencies['config']): VmidRange {
  return config.conventions.vmidRanges.vms ?? templateRange(config);
}
