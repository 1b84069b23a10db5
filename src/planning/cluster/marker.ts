import type { MemberMarker } from '../../domain/cluster/member';
import type { ClusterFrame } from '../../domain/cluster/plan';
import type { LeaseHolder } from '../../domain/lease';
import { printMarkerBlock, readMarkerBlock, withMarkerBlock } from '../markerBlock';

const kind = 'member';

/** The order of the lines; each once, none may be missing. */
const fields = {
  kind: /^member$/,
  cluster: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  instance: /^\S{1,100}$/,
  role: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  ordinal: /^[1-9]\d{0,4}$/,
  vmid: /^[1-9]\d{2,8}$/,
  operation: /^\S{1,200}$/,
  run: /^\S{1,100}$/,
  product: /^\d[\w.+-]{0,40}$/,
  made: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/,
} as const satisfies Record<keyof MemberMarker | 'kind', RegExp>;

/** The marker of a machine that an operation makes or adopts. Its `cluster` is the profile's name. */
export function memberMarkerFor(
  { profile, instance, product, madeAt }: Pick<ClusterFrame, 'profile' | 'instance' | 'product' | 'madeAt'>,
  { workflowId, firstExecutionRunId }: LeaseHolder,
  { role, ordinal, vmid }: Pick<MemberMarker, 'role' | 'ordinal' | 'vmid'>,
): MemberMarker {
  return {
    ...{ cluster: profile, instance, role, ordinal, vmid },
    ...{ operation: workflowId, run: firstExecutionRunId, product, made: madeAt },
  };
}

/**
 * A marker as the lines that stand in a description, in the same fence as a template's. Throws RangeError for a value
 * that {@link parseMemberMarker} would refuse.
 */
export function printMemberMarker(marker: MemberMarker): string {
  return printMarkerBlock({ fields }, { kind, ...marker });
}

/**
 * The marker of a description; undefined where there is none, or one that is not exactly of the form (whoever changed it
 * by hand took it away), or that of a template. Text of people before and after it is allowed, a second block is not. It
 * counts only on the VMID that it names: clones copy it.
 */
export function parseMemberMarker(description: string | undefined): MemberMarker | undefined {
  const values = readMarkerBlock({ fields }, description);
  return values === undefined ? undefined : markerOf(values);
}

/**
 * A description with the marker in the place of the first block it had, else behind what people wrote. It is the only one
 * then: with two of them none would count. Of a block that nothing closes only the first line goes.
 */
export function withMemberMarker(description: string | undefined, marker: MemberMarker): string {
  return withMarkerBlock(description, printMemberMarker(marker));
}

function markerOf(values: ReadonlyMap<string, string>): MemberMarker {
  const text = (field: keyof MemberMarker) => values.get(field) ?? '';
  return {
    cluster: text('cluster'),
    instance: text('instance'),
    role: text('role'),
    ordinal: Number(text('ordinal')),
    vmid: Number(text('vmid')),
    operation: text('operation'),
    run: text('run'),
    product: text('product'),
    made: text('made'),
  };
}
