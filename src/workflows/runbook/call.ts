import { patched } from '@temporalio/workflow';
import type { RunStepArguments } from '../../activities/runbook/contract';
import { problem, type Problem } from '../../domain/errors';
import { fill } from '../../domain/runbook/text';
import { namesAskedFor } from '../../domain/runbook/uses';
import type { RunValues } from '../../domain/runbook/values';
import type { RoundRun } from './run';

/** A command may end a little after its own time limit; who stops it has to be able to say so. */
const graceMs = 60_000;
const defaultTimeoutMs = 10 * 60_000;

/** What the activities of a round are called with: only the values that it asks for travel. */
export function callOf(run: RoundRun): {
  readonly options: { readonly summary: string; readonly startToCloseTimeout: number };
  readonly args: RunStepArguments;
} {
  const { planned, node } = run.round;
  const { title, kind, executor, action, expectations, captures, timeoutMs } = planned;
  const where = node ?? nodeOf(run);
  return {
    options: {
      summary: run.round.title.slice(0, 180),
      startToCloseTimeout: (timeoutMs ?? defaultTimeoutMs) + graceMs,
    },
    args: {
      step: {
        ...{ title, kind, executor, action, expectations, captures },
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      },
      values: askedFor(run),
      ...(where === undefined ? {} : { node: where }),
      ...leaseOf(run),
    },
  };
}

/** Asking again for the same round gives the same one. The ledger frees it once the run is over. */
function leaseOf({ round: { id, planned }, step }: RoundRun): Pick<RunStepArguments, 'lease'> {
  const { action } = planned;
  if (action.type !== 'builtin' || action.name !== 'allocate_vmid') return {};
  return { lease: { holder: step.operation.holder, purpose: id } };
}

/** Whether a person who cancels would wait long for it. */
export function isLong({ round: { planned } }: RoundRun): boolean {
  return planned.action.type === 'builtin' && planned.action.name === 'wait_agent';
}

/** Runs from before asked without a pause, or not at all, once they were cancelled: theirs are replayed as they were. */
const cleanupGoesOn = 'clean-up-goes-on';

/** Whether it is done also where the run was cancelled, as a clean-up is: then only `abort` ends it. */
export function isCleanupAfterAll({ round: { planned } }: RoundRun): boolean {
  return planned.cleanup !== undefined && patched(cleanupGoesOn);
}

/** The step did not go on because the run is being ended. */
export function interrupted({ round: { title } }: { readonly round: { readonly title: string } }): Problem {
  return problem('Interrupted', {
    attempted: title,
    failed: 'it was interrupted because the run is being ended',
  });
}

function askedFor({ round, values }: RoundRun): RunValues {
  const names = [...namesAskedFor(round.planned), ...Object.keys(round.item)];
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

/** Undefined where a value is missing: the activity then says which. */
function nodeOf({ round: { planned }, values }: RoundRun): string | undefined {
  if (planned.place.at !== 'node') return undefined;
  try {
    return fill(planned.place.node, values);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
