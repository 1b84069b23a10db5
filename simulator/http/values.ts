import type { ParameterSchema, PropertySchema } from '../schema/load';
import { checkFormat, type FormatContext } from './formats';
import { parsePropertyString, type PropertyFormat } from './property-strings';

/** Checks the text of a parameter against its schema; returns Proxmox's complaints, empty if it fits. */
export function checkValue(
  name: string,
  value: string,
  schema: ParameterSchema,
  context: FormatContext,
): string[] {
  if (!hasType(value, schema.type)) return [`type check ('${schema.type}') failed - got '${value}'`];
  if (schema.format !== undefined) {
    const complaint =
      typeof schema.format === 'string'
        ? checkFormat(schema.format, value, context)
        : checkPropertyString(name, value, schema.format, context);
    if (complaint !== undefined) return [`invalid format - ${complaint}\n`];
  }
  if (schema.pattern !== undefined && !perlPattern(schema.pattern).test(value)) {
    return ['value does not match the regex pattern'];
  }
  return [
    ...lengthComplaints(value, schema),
    ...rangeComplaints(value, schema),
    ...enumComplaints(value, schema),
  ];
}

function hasType(value: string, type: string | undefined): boolean {
  if (type === 'boolean') return value === '0' || value === '1';
  if (type === 'integer') return /^[+-]?\d+$/.test(value);
  if (type === 'number') return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(value);
  return true;
}

function lengthComplaints(value: string, { maxLength, minLength }: ParameterSchema): string[] {
  if (maxLength !== undefined && value.length > maxLength)
    return [`value may only be ${maxLength} characters long`];
  if (minLength !== undefined && value.length < minLength)
    return [`value must be at least ${minLength} characters long`];
  return [];
}

function rangeComplaints(value: string, { type, minimum, maximum }: ParameterSchema): string[] {
  if (type !== 'integer' && type !== 'number') return [];
  if (minimum !== undefined && Number(value) < minimum)
    return [`value must have a minimum value of ${minimum}`];
  if (maximum !== undefined && Number(value) > maximum)
    return [`value must have a maximum value of ${maximum}`];
  return [];
}

function enumComplaints(value: string, schema: ParameterSchema): string[] {
  if (schema.enum === undefined || schema.enum.includes(value)) return [];
  return [`value '${value}' does not have a value in the enumeration '${schema.enum.join(', ')}'`];
}

const patterns = new Map<string, RegExp>();

/** A Perl pattern of the schema as a RegExp that must match the whole value. */
function perlPattern(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const ignoresCase = pattern.includes('(?^i:');
  const translated = pattern.replace(/\(\?\^i?:/g, '(?:');
  const compiled = new RegExp(`^(?:${translated})$`, ignoresCase ? 'i' : '');
  patterns.set(pattern, compiled);
  return compiled;
}

/** Words for true in property strings (behaviour.md 1.2). */
const truths = ['1', 'on', 'yes', 'true'];
const falsehoods = ['0', 'off', 'no', 'false'];

/**
 * Checks a property string; returns Proxmox's text if it doesn't fit, its lines sorted by key. `name` is the parameter's
 * name, which Proxmox writes before each key.
 */
function checkPropertyString(
  name: string,
  value: string,
  format: PropertyFormat,
  context: FormatContext,
): string | undefined {
  const parsed = parsePropertyString(value, format);
  if ('complaint' in parsed) return parsed.complaint;
  const problems: string[] = [];
  for (const [key, text] of parsed.values) {
    const schema = format[key];
    if (schema === undefined) {
      problems.push(
        `${name}.${key}: property is not defined in schema and the schema does not allow additional properties`,
      );
    } else {
      problems.push(
        ...checkValue(key, asBoolean(text, schema), schema, context).map((text) => `${name}.${key}: ${text}`),
      );
    }
  }
  for (const [key, schema] of Object.entries(format)) {
    if (isRequired(schema) && !parsed.values.has(key)) {
      problems.push(`${name}.${key}: property is missing and it is not optional`);
    }
  }
  return problems.length === 0
    ? undefined
    : `format error\n${problems.map((problem) => problem.replace(/\n$/, '')).join('\n')}`;
}

function isRequired(schema: PropertySchema): boolean {
  return schema.alias === undefined && schema.type !== undefined && Number(schema.optional ?? 0) !== 1;
}

function asBoolean(text: string, schema: PropertySchema): string {
  if (schema.type !== 'boolean') return text;
  const word = text.toLowerCase();
  if (truths.includes(word)) return '1';
  return falsehoods.includes(word) ? '0' : text;
}
