import type { Executor } from '../domain/runbook/plan';
import type { Block, Options, Runbook, Step } from './ast';
import type { Position } from '../config/yamlDocument';

/** One thing that a runbook does: a block of a step, or the gate of a step for a person. */
export interface Unit {
  readonly step: Step;
  /** Absent for a gate. */
  readonly block?: Block;
  readonly options: Options;
  readonly executor: Executor;
  /** Unique: the one that is written, else made of the place in the runbook. */
  readonly id: string;
  readonly place: Position;
  readonly cleanup?: 'always' | 'onFailure';
}

/** Everything that a runbook does, in order: what belongs to the clean-up comes last. */
export function unitsOf({ steps }: Runbook): readonly Unit[] {
  const units = steps.flatMap((step, index) => {
    const executor = executorOf(step, undefined);
    if (step.blocks.length === 0)
      return executor === 'human' ? [unitOf(step, undefined, stepId(steps, index))] : [];
    return step.blocks.map((block, at) => {
      const suffix = step.blocks.length === 1 ? '' : String.fromCharCode(97 + (at % 26));
      return unitOf(step, block, `${stepId(steps, index)}${suffix}`);
    });
  });
  return [
    ...units.filter(({ cleanup }) => cleanup === undefined),
    ...units.filter((it) => it.cleanup !== undefined),
  ];
}

/** `step-3`, `cleanup-1` */
function stepId(steps: readonly Step[], index: number): string {
  const section = steps[index]?.section;
  const number = steps.slice(0, index + 1).filter((it) => it.section === section).length;
  return `${section === 'cleanup' ? 'cleanup' : 'step'}-${number}`;
}

function unitOf(step: Step, block: Block | undefined, id: string): Unit {
  const options = block?.options ?? step.options;
  const cleanup = options.cleanup ?? (step.section === 'cleanup' ? 'always' : undefined);
  return {
    step,
    ...(block === undefined ? {} : { block }),
    options,
    executor: executorOf(step, block),
    id: options.id?.name ?? id,
    place: block?.place ?? step.place,
    ...(cleanup === undefined ? {} : { cleanup }),
  };
}

/** A step with `(API|SSH)` lets its blocks decide; a shell block of an API step needs a shell all the same. */
function executorOf({ label }: Step, block: Block | undefined): Executor {
  const named = label?.executors ?? [];
  const [first = 'human'] = named;
  if (block === undefined || named.length === 0) return first;
  const fitting = named.find((it) => fits(it, block.language));
  if (fitting !== undefined) return fitting;
  return first === 'API' && block.language === 'bash' ? 'SSH' : first;
}

/** Whether an executor can do a kind of block. */
export function fits(executor: Executor, language: Block['language']): boolean {
  switch (executor) {
    case 'API':
      return language === 'http' || language === 'builtin';
    case 'SSH':
    case 'local':
      return language === 'bash' || language === 'command' || language === 'file';
    case 'runbook':
      return language === 'runbook';
    case 'human':
      return false;
  }
}
