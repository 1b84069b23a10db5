import type { Runbook } from '../ast';
import type { Reporter } from '../problems';
import { fits, type Unit } from '../sequence';

const labels = 'write one behind the title: (API), (SSH), (local), (human) or (runbook)';

/** Whether each step says who does it, and has a block that fits. */
export function checkLabels(
  { steps, frontMatter }: Runbook,
  units: readonly Unit[],
  problems: Reporter,
): void {
  for (const { label, place, title, blocks } of steps) {
    if (label === undefined)
      problems.report('missing-label', place, `the step "${title}" has no label`, labels);
    else if (blocks.length === 0 && !label.executors.includes('human'))
      problems.report(
        'wrong-block',
        place,
        `the step "${title}" does nothing`,
        'give it a block, or label it (human)',
      );
  }
  const declared = new Set(frontMatter.requires ?? []);
  for (const { step, block, executor, place } of units) {
    if (step.label === undefined) continue;
    if (block !== undefined && !fits(executor, block.language)) {
      problems.report(
        'wrong-block',
        place,
        `a step labelled (${executor}) has a ${block.language} block`,
        remedyFor(executor),
      );
    } else if (executor === 'SSH' && step.label.executors.every((it) => it === 'API')) {
      problems.report(
        'rest-instead',
        place,
        'a bash block of an API step runs over SSH',
        'write an http block, or label it (SSH)',
      );
    }
    const need = executor === 'API' ? 'api' : executor === 'SSH' ? 'ssh' : undefined;
    if (need !== undefined && !declared.has(need)) {
      problems.report(
        'undeclared-tool',
        step.label.place,
        `requires: does not have ${need}`,
        `add it: requires: [${[...declared, need].join(', ')}]`,
      );
    }
  }
}

function remedyFor(executor: Unit['executor']): string {
  switch (executor) {
    case 'API':
      return 'write an http or builtin block, or change the label';
    case 'human':
      return 'a person is only asked: label it (SSH) or (local), or remove the language of the block';
    case 'runbook':
      return 'write a runbook block: its name, then one name=value a line';
    default:
      return 'write a bash or command block, or change the label';
  }
}
