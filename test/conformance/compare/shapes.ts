import type { Json } from '../json';

/** A set of values that count as alike. A rule binds only where the recorded value has the shape. */
export interface Shape {
  readonly name: string;
  readonly has: (value: Json) => boolean;
}

const isCount = (value: Json): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const matches = (pattern: RegExp) => (value: Json) => typeof value === 'string' && pattern.test(value);

/** The shapes that volatile values are compared by. */
export const shapes = {
  zero: { name: 'zero', has: (value) => value === 0 },
  positiveCount: { name: 'positive count', has: (value) => isCount(value) && value !== 0 },
  count: { name: 'count', has: isCount },
  ratio: { name: 'ratio', has: (value) => typeof value === 'number' && value >= 0 && value <= 1.5 },
  percentage: { name: 'percentage', has: (value) => typeof value === 'number' && value >= 0 && value <= 100 },
  time: {
    name: 'seconds since 1970',
    has: (value) => isCount(value) && typeof value === 'number' && value >= 1e9 && value < 1e10,
  },
  sha1: { name: '40 hex digits', has: matches(/^[0-9a-f]{40}$/) },
  fingerprint: { name: 'SHA-256 fingerprint', has: matches(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/) },
  load: { name: 'load average', has: matches(/^\d+\.\d\d$/) },
  words: { name: 'non-empty text', has: matches(/\S/) },
  pem: { name: 'PEM block', has: matches(/^-----BEGIN [A-Z ]+-----\n/) },
  sequenceAtNode: { name: 'number:node', has: matches(/^\d+:[\w-]+$/) },
  ticket: { name: 'ticket', has: matches(/^PVE:[^:]+:[0-9A-F]{8}::\S+$/) },
  decimal: { name: 'decimal digits', has: matches(/^\d+$/) },
} satisfies Record<string, Shape>;
