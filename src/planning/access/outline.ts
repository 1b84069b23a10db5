import type { AccessItem, PlannedAccessStep } from '../../domain/accessPlan';

/** What a plan would do, before it has a hash and a place. */
export interface AccessOutline {
  readonly items: readonly AccessItem[];
  readonly steps: readonly PlannedAccessStep[];
  readonly warnings: readonly string[];
}

/** Several outlines in their order. */
export function joined(parts: readonly Partial<AccessOutline>[]): AccessOutline {
  return {
    items: parts.flatMap(({ items = [] }) => items),
    steps: parts.flatMap(({ steps = [] }) => steps),
    warnings: parts.flatMap(({ warnings = [] }) => warnings),
  };
}
