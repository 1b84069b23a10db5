import { durationPattern } from '../../config/quantities';
import type { RunValue } from '../../domain/runbook/values';
import type { Parameter } from '../ast';

/** A value that a parameter may have, or what it has to be. */
export type ReadValue = { readonly value: RunValue } | { readonly expected: string };

const longest = 16 * 1024;
const yes = new Set(['true', 'yes', '1', 'on']);
const no = new Set(['false', 'no', '0', 'off']);

/** Reads the text of a value as its parameter says. `nodes` are the cluster's, for parameters that name one. */
export function readValue(parameter: Parameter, text: string, nodes: readonly string[]): ReadValue {
  if (text.length > longest || text.includes('\0'))
    return { expected: 'a text of at most 16 KiB without NUL' };
  if (parameter.enum !== undefined && !parameter.enum.includes(text)) {
    return { expected: `one of ${parameter.enum.join(', ')}` };
  }
  if (parameter.pattern !== undefined && !new RegExp(`^(?:${parameter.pattern})$`, 'u').test(text)) {
    return { expected: `a text that matches ${parameter.pattern}` };
  }
  const read = typed(parameter.type, text, nodes);
  return 'value' in read ? (outOfBounds(parameter, read.value) ?? read) : read;
}

function typed(type: Parameter['type'], text: string, nodes: readonly string[]): ReadValue {
  switch (type) {
    case 'string':
      return { value: text };
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? { value: Number(text) } : { expected: 'a whole number' };
    case 'vmid':
      return /^[1-9]\d{2,8}$/.test(text)
        ? { value: Number(text) }
        : { expected: 'a VMID from 100 to 999999999' };
    case 'boolean':
      if (yes.has(text)) return { value: true };
      return no.has(text) ? { value: false } : { expected: 'true or false' };
    case 'size':
      return fitting(text, /^[1-9]\d{0,8}(\.\d{1,3})?[KMGT]?$/, 'a size such as 20G');
    case 'duration':
      return fitting(text, durationPattern, 'a duration such as 30s or 5m');
    case 'storage':
      return fitting(text, /^[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]$/, 'the name of a storage');
    case 'url':
      return fitting(
        text,
        /^https?:\/\/[^\s@'"`\\<>]+$/,
        'an http or https address without user and password',
      );
    case 'node':
      return nodes.includes(text) ? { value: text } : { expected: `a node: ${nodes.join(', ')}` };
    case 'list':
      return {
        value: text
          .split(',')
          .map((it) => it.trim())
          .filter((it) => it !== ''),
      };
  }
}

function fitting(text: string, pattern: RegExp, expected: string): ReadValue {
  return pattern.test(text) ? { value: text } : { expected };
}

function outOfBounds({ minimum, maximum }: Parameter, value: RunValue): ReadValue | undefined {
  if (typeof value !== 'number') return undefined;
  if (minimum !== undefined && value < minimum) return { expected: `a number from ${minimum} on` };
  return maximum !== undefined && value > maximum ? { expected: `a number up to ${maximum}` } : undefined;
}
