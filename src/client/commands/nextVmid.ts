import { Option, type Command } from 'commander';
import { z } from 'zod';
import type { ClusterConfig, VmidRange } from '../../config/clusterConfig';
import { ManagerError, problem } from '../../domain/errors';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { leasedVmids, leaseNotes } from '../reading/leasedVmids';
import { openReader } from '../reading/reader';
import type { Session } from '../session';
import { readingNotes } from '../view/readingCells';
import { oneOf } from './readingOptions';
import { examples } from './shared';

const ranges = ['templates', 'vms'] as const;
type RangeName = (typeof ranges)[number];

/** `pxm next-vmid`: the lowest free VMID of a range. */
export function addNextVmidCommand(program: Command, session: Session): void {
  const command = program
    .command('next-vmid')
    .summary('the lowest free VMID of a range')
    .description(
      'Prints the lowest VMID of a range (vmid_ranges in the configuration) that no guest of the cluster has, virtual machine or container. The cluster itself is asked, so guests that the token may not see count too; and the ledger, for VMIDs that operations have leased (if Temporal can be reached; it is said if not). Nothing is reserved: use it at once. Exits 1 where the range is full.',
    )
    .addOption(
      new Option('--range <range>', 'which range of the configuration')
        .choices(ranges)
        .makeOptionMandatory()
        .argParser((value: string) => oneOf(ranges, value)),
    );
  examples(command, [['pxm next-vmid --range vms', 'prints e.g. 1004']]).action(async () => {
    session.exitCode = await nextVmid(session, options.parse(command.opts()).range);
  });
}

const options = z.object({ range: z.enum(ranges) });

async function nextVmid(session: Session, range: RangeName): Promise<ExitCode> {
  const { first, last } = rangeOf(session.config(), range);
  const ledger = await leasedVmids(session, { first, last });
  const except = ledger.leased.map(({ vmid }) => vmid);
  const reader = await openReader(session);
  try {
    const free = await reader.read({ view: 'freeVmid', question: { first, last, except } });
    const exitCode = free.vmid === undefined ? exitCodes.incomplete : exitCodes.done;
    const document = { range, ...free, ledger, via: reader.via, exitCode };
    session.output.result(document, free.vmid === undefined ? '' : String(free.vmid));
    if (free.vmid === undefined) session.output.failure(full(range, first, last), exitCode);
    const notes = [...leaseNotes(ledger), ...readingNotes(session.output, free)];
    if (notes.length > 0) session.output.note(notes.join('\n'));
    return exitCode;
  } finally {
    await reader.close();
  }
}

function rangeOf({ file, conventions }: ClusterConfig, range: RangeName): VmidRange {
  const found = conventions.vmidRanges[range];
  if (found !== undefined) return found;
  throw new ManagerError(
    problem('ConfigInvalid', {
      attempted: `find a free VMID for ${range}`,
      failed: `${file} has no vmid_ranges.${range}`,
      remedy: `Add it, e.g. vmid_ranges: { ${range}: ${range === 'vms' ? '1000-9999' : '100-999'} }`,
    }),
  );
}

function full(range: RangeName, first: number, last: number) {
  return problem('NotFound', {
    attempted: `find a free VMID for ${range}`,
    failed: `the range ${first}-${last} is full: every VMID of it has a guest or is leased`,
    remedy: `Widen vmid_ranges.${range} in cluster-config.yaml, or delete guests that nobody needs.`,
  });
}
