import type { TemplateMarker } from '../../domain/template/marker';
import { printMarkerBlock, readMarkerBlock, withMarkerBlock } from '../markerBlock';

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

const form = { fields, optional: ['generation'] };

/** A marker as the lines that stand in a description. Throws RangeError for a value that {@link parseMarker} would refuse. */
export function printMarker(marker: TemplateMarker): string {
  return printMarkerBlock(form, { ...marker });
}

/**
 * The marker of a description; undefined where there is none, or one that is not exactly of the form (whoever
 * changed it by hand took it away). Text of people before and after it is allowed, a second marker is not.
 */
export function parseMarker(description: string | undefined): TemplateMarker | undefined {
  const values = readMarkerBlock(form, description);
  return values === undefined ? undefined : markerOf(values);
}

/** A description with the marker in the place of the one it had, else behind what people wrote. */
export function withMarker(description: string | undefined, marker: TemplateMarker): string {
  return withMarkerBlock(description, printMarker(marker));
}

function markerOf(values: ReadonlyMap<string, string>): TemplateMarker {
  const text = (field: keyof TemplateMarker) => values.get(field) ?? '';
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
