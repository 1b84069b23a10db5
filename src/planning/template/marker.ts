import type { TemplateMarker } from '../../domain/template/marker';

const opening = '```proxmox-manager';
const closing = '```';

/** The order of the lines; each once. Only `generation` may be missing. */
const fields = {
  kind: /^(template|test)$/,
  name: /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/,
  vmid: /^[1-9]\d{2,8}$/,
  generation: /^[1-9]\d{0,8}$/,
  source: /^(https?:\/\/[^\s?#@]+|vm\/[1-9]\d{2,8})$/,
  digest: /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}|sha1:[0-9a-f]{40})$/,
  runbook: /^[a-z0-9][a-z0-9.-]{0,60}$/,
  runbookHash: /^[0-9a-f]{64}$/,
  settings: /^[0-9a-f]{64}$/,
  product: /^\d[\w.+-]{0,40}$/,
  operation: /^\S{1,200}$/,
  run: /^\S{1,100}$/,
  made: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/,
} as const satisfies Record<keyof TemplateMarker, RegExp>;

/** A marker as the lines that stand in a description. Throws RangeError for a value that {@link parseMarker} would refuse. */
export function printMarker(marker: TemplateMarker): string {
  const given: Partial<Record<string, string | number>> = { ...marker };
  const lines = Object.entries(fields).flatMap(([field, form]) => {
    const value = given[field];
    if (value === undefined && field === 'generation') return [];
    const text = String(value);
    if (!form.test(text)) throw new RangeError(`the marker's ${field} can't be ${JSON.stringify(text)}`);
    return [`${field}: ${text}`];
  });
  return [opening, ...lines, closing].join('\n');
}

/**
 * The marker of a description; undefined where there is none, or one that is not exactly of the form (whoever
 * changed it by hand took it away). Text of people before and after it is allowed, a second marker is not.
 */
export function parseMarker(description: string | undefined): TemplateMarker | undefined {
  const lines = (description ?? '').split('\n').map((line) => line.trimEnd());
  const begins = lines.flatMap((line, index) => (line === opening ? [index] : []));
  const [begin] = begins;
  if (begin === undefined || begins.length > 1) return undefined;
  const length = lines.slice(begin + 1).indexOf(closing);
  return length < 0 ? undefined : markerOf(lines.slice(begin + 1, begin + 1 + length));
}

/** A description with the marker in the place of the one it had, else behind what people wrote. */
export function withMarker(description: string | undefined, marker: TemplateMarker): string {
  const text = (description ?? '').trimEnd();
  const block = /^```proxmox-manager *\n[\s\S]*?^``` *$/m;
  if (block.test(text)) return text.replace(block, () => printMarker(marker));
  return [text, printMarker(marker)].filter((part) => part !== '').join('\n\n');
}

function markerOf(lines: readonly string[]): TemplateMarker | undefined {
  const pairs = lines.map((line) => /^(\w+): (.+)$/.exec(line));
  const values = new Map(pairs.flatMap((it) => (it === null ? [] : [[it[1] ?? '', it[2] ?? ''] as const])));
  if (values.size !== lines.length) return undefined;
  const expected = Object.keys(fields).filter((field) => field !== 'generation' || values.has(field));
  if (expected.join() !== [...values.keys()].join()) return undefined;
  const text = (field: keyof TemplateMarker) => values.get(field) ?? '';
  const isRight = Object.entries(fields).every(([field, form]) => {
    const value = values.get(field);
    return value === undefined || form.test(value);
  });
  if (!isRight) return undefined;
  const generation = values.get('generation');
  return {
    kind: text('kind') === 'test' ? 'test' : 'template',
    name: text('name'),
    vmid: Number(text('vmid')),
    ...(generation === undefined ? {} : { generation: Number(generation) }),
    source: text('source'),
    digest: text('digest'),
    runbook: text('runbook'),
    runbookHash: text('runbookHash'),
    settings: text('settings'),
    product: text('product'),
    operation: text('operation'),
    run: text('run'),
    made: text('made'),
  };
}
