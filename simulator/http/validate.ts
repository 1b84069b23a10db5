import type { MethodSchema, ParameterSchema } from '../schema/load';
import { parameterError } from './errors';
import type { FormatContext } from './formats';
import { Parameters, type RawValue } from './parameters';
import { checkValue } from './values';

/** Highest index of numbered configuration keys (behaviour.md 5.2); others go to 255. */
const highestIndex: Readonly<Record<string, number>> = {
  ide: 3,
  sata: 5,
  scsi: 30,
  virtio: 15,
  net: 31,
  usb: 14,
  serial: 3,
  parallel: 2,
  hostpci: 15,
  numa: 7,
  ipconfig: 31,
  virtiofs: 9,
};

const notDefined = 'property is not defined in schema and the schema does not allow additional properties';
const missing = 'property is missing and it is not optional';

/** Checks sent values against a method's schema: 400 with one text per failing key, or the parameters. */
export function validateParameters(
  sent: ReadonlyMap<string, RawValue>,
  method: MethodSchema,
  context: FormatContext,
): Parameters {
  const schemas = method.parameters?.properties ?? {};
  const errors = new Map<string, string>();
  const values = new Map<string, string | readonly string[]>();
  for (const [name, value] of sent) {
    const schema = schemaOf(schemas, name);
    if (schema === undefined) {
      errors.set(name, notDefined);
    } else {
      values.set(name, accept(name, value, schema, context, errors));
      requireCompanion(sent, name, schema, errors);
    }
  }
  for (const [name, schema] of Object.entries(schemas)) {
    if (!isOptional(schema) && !name.includes('[n]') && !sent.has(name)) errors.set(name, missing);
  }
  if (errors.size > 0) parameterError(Object.fromEntries(errors));
  return new Parameters(values);
}

function accept(
  name: string,
  value: RawValue,
  schema: ParameterSchema,
  context: FormatContext,
  errors: Map<string, string>,
): string | readonly string[] {
  if (schema.type === 'array') return acceptArray(name, value, schema, context, errors);
  const text = Array.isArray(value) && isListFormat(schema) ? value.join(',') : value;
  if (typeof text !== 'string') {
    errors.set(
      name,
      `type check ('${schema.type}') failed - got ${'unsupported' in text ? text.unsupported : 'ARRAY'}`,
    );
    return '';
  }
  const complaints = checkValue(name, text, schema, context);
  if (complaints.length > 0) errors.set(name, complaints.join('\n'));
  return text;
}

function acceptArray(
  name: string,
  value: RawValue,
  { items }: ParameterSchema,
  context: FormatContext,
  errors: Map<string, string>,
): readonly string[] {
  const texts = typeof value === 'string' ? [value] : 'unsupported' in value ? [] : value;
  for (const [index, text] of texts.entries()) {
    const complaints = checkValue(name, text, items ?? {}, context);
    if (complaints.length > 0) errors.set(`${name}[${index}]`, complaints.join('\n'));
  }
  return texts;
}

function requireCompanion(
  sent: ReadonlyMap<string, RawValue>,
  name: string,
  schema: ParameterSchema,
  errors: Map<string, string>,
): void {
  if (schema.requires === undefined || sent.has(schema.requires)) return;
  errors.set(schema.requires, `missing property - '${name}' requires this property`);
}

function schemaOf(
  schemas: Readonly<Record<string, ParameterSchema>>,
  name: string,
): ParameterSchema | undefined {
  const exact = schemas[name];
  if (exact !== undefined) return name.includes('[n]') ? undefined : exact;
  const [, stem, index] = /^(.*?[a-z])(0|[1-9]\d*)$/.exec(name) ?? [];
  if (stem === undefined || Number(index) > (highestIndex[stem] ?? 255)) return undefined;
  return schemas[`${stem}[n]`];
}

function isOptional(schema: ParameterSchema): boolean {
  return Number(schema.optional ?? 0) === 1;
}

function isListFormat({ format }: ParameterSchema): boolean {
  return typeof format === 'string' && format.endsWith('-list');
}
