import type { Step } from '../../domain/step';
import type { OpenStep } from './state';

/** Phases that a step does not leave by itself. */
export const over: ReadonlySet<Step['phase']> = new Set(['done', 'skipped', 'failed']);

/** A step before it starts. */
export type NewStep = Pick<Step, 'id' | 'title' | 'kind' | 'target' | 'vmid' | 'settledTasks'>;

/** The record of a step: kept from an earlier run, or begun anew; the tasks of before are never adopted then. */
export function recordOf(steps: OpenStep[], wanted: NewStep, anew: (record: OpenStep) => boolean): OpenStep {
  const index = steps.findIndex((step) => step.id === wanted.id);
  const known = steps[index];
  if (known !== undefined && !anew(known)) return known;
  const settledTasks =
    known === undefined
      ? wanted.settledTasks
      : [
          ...new Set([
            ...known.settledTasks,
            ...(known.upid === undefined ? [] : [known.upid]),
            ...wanted.settledTasks,
          ]),
        ];
  const record: OpenStep = { ...wanted, phase: 'waiting', settledTasks, warnings: known?.warnings ?? [] };
  if (index === -1) steps.push(record);
  else steps[index] = record;
  return record;
}

/** Steps of a replaced plan that never started are no steps any more. */
export function forgetUnstarted(steps: OpenStep[], wanted: ReadonlySet<string>): void {
  const kept = steps.filter((step) => step.phase !== 'waiting' || wanted.has(step.id));
  steps.splice(0, steps.length, ...kept);
}
