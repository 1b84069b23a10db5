import type { VmidRange } from '../../../config/clusterConfig';
import type { Finding } from '../../../domain/checkup';
import type { CheckupFacts } from '../facts/facts';
import { failed, notChecked, ok } from '../finding';

const names = ['templates', 'vms'] as const;

/** How many VMIDs of the configured ranges are free. */
export function checkVmidRanges({ guests, config }: CheckupFacts): Finding[] {
  const ranges = names.flatMap((name) => {
    const range = config.conventions.vmidRanges[name];
    return range === undefined ? [] : [{ name, range }];
  });
  if (ranges.length === 0) return [ok('vmidRanges', 'cluster', 'the configuration names no range')];
  if (!guests.known) {
    const unread = { check: 'locks', fault: 'the list of guests could not be read' } as const;
    return [notChecked('vmidRanges', 'cluster', 'mask' in guests ? guests.mask : unread)];
  }
  const taken = guests.value.map(({ vmid }) => vmid);
  return ranges.map(({ name, range }) => judge(name, range, taken));
}

function judge(name: string, { first, last }: VmidRange, taken: readonly number[]): Finding {
  const where = `vmid_ranges.${name}`;
  const free = last - first + 1 - taken.filter((vmid) => vmid >= first && vmid <= last).length;
  if (free > 0) return ok('vmidRanges', where, `${free} VMIDs of ${first}-${last} are free`);
  return failed(
    'vmidRanges',
    where,
    `the range ${first}-${last} is full: every VMID of it has a guest`,
    `Widen ${where} in cluster-config.yaml, or delete guests that nobody needs: pxm guests --sort vmid`,
  );
}
