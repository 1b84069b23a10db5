import type { MemberMarker } from '../../domain/cluster/member';
import type { ClusterFrame } from '../../domain/cluster/plan';
import type { LeaseHolder } from '../../domain/lease';

const opening = '```proxmox-manager';
const closing = '```';
const kindLine = 'kind: member';

/** The order of the lines after the first, `kind: member`; each once, none may be missing. */
const fields = {
  cluster: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  instance: /^\S{1,100}$/,
  role: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  ordinal: /^[1-9]\d{0,4}$/,
  vmid: /^[1-9]\d{2,8}$/,
  operation: /^\S{1,200}$/,
  run: /^\S{1,100}$/,
  product: /^\d[\w.+-]{0,40}$/,
  made: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/,
} as const satisfies Record<keyof MemberMarker, RegExp>;

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
  const given: Partial<Record<string, string | number>> = { ...marker };
  const lines = Object.entries(fields).map(([field, form]) => {
    const text = String(given[field]);
    if (!form.test(text)) throw new RangeError(`the marker's ${field} can't be ${JSON.stringify(text)}`);
    return `${field}: ${text}`;
  });
  return [opening, kindLine, ...lines, closing].join('\n');
}

/**
 * The marker of a description; undefined where there is none, or one that is not exactly of the form (whoever changed it
 * by hand took it away), or that of a template. Text of people before and after it is allowed, a second block is not. It
 * counts only on the VMID that it names: clones copy it.
 */
export function parseMemberMarker(description: string | undefined): MemberMarker | undefined {
  const lines = (description ?? '').split('\n').map((line) => line.trimEnd());
  const begins = lines.flatMap((line, index) => (line === opening ? [index] : []));
  const [begin] = begins;
  if (begin === undefined || begins.length > 1) return undefined;
  const length = lines.slice(begin + 1).indexOf(closing);
  return length < 0 ? undefined : markerOf(lines.slice(begin + 1, begin + 1 + length));
}

/** A description with the marker in the place of the block it had, else behind what people wrote. */
export function withMemberMarker(description: string | undefined, marker: MemberMarker): string {
  const text = (description ?? '').trimEnd();
  const block = /^```proxmox-manager *\n[\s\S]*?^``` *$/m;
  if (block.test(text)) return text.replace(block, () => printMemberMarker(marker));
  return [text, printMemberMarker(marker)].filter((part) => part !== '').join('\n\n');
}

function markerOf([kind, ...lines]: readonly string[]): MemberMarker | undefined {
  const forms = Object.entries(fields);
  if (kind !== kindLine || lines.length !== forms.length) return undefined;
  const values = new Map<string, string>();
  for (const [index, [field, form]] of forms.entries()) {
    const line = lines[index] ?? '';
    const value = line.slice(field.length + 2);
    if (!line.startsWith(`${field}: `) || !form.test(value)) return undefined;
    values.set(field, value);
  }
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
