import type { RenderedStep } from '../../domain/runbook/plan';
import type { RunbookPlan } from '../../domain/runbookPlan';
import { shownHash } from '../../domain/rendering/commands';
import { stepsToDo } from '../../domain/rendering/runbookSteps';
import { count, printable } from '../../domain/rendering/text';
import { textOf } from '../../domain/runbook/values';
import type { Output } from '../output';
import { stepView } from './stepView';

/** The plan of a run in full: every step as it will be done, what it expects, and what it destroys. */
export function runbookPlanView(output: Output, plan: RunbookPlan): string {
  const { bold, yellow } = output.colors;
  const { runbook } = plan;
  const steps = stepsToDo(plan);
  const known = Object.entries(plan.captures);
  const parts = [
    bold(`Plan ${shownHash(plan.hash)}: ${printable(runbook.title)} (cluster ${plan.cluster})`),
    `${printable(runbook.description)}\nRunbook ${plan.files.map(({ name, sha256 }) => `${name} (${sha256.slice(0, 12)})`).join(', calling ')}`,
    ...(plan.fromStep === undefined
      ? []
      : [
          `Begins at ${plan.fromStep}; known from before: ${known.map(([name, value]) => printable(`${name} = ${textOf(value)}`)).join(', ') || 'nothing'}.`,
        ]),
    ...(runbook.parameters.length === 0
      ? []
      : [
          runbook.parameters
            .map(
              ({ name, value, from }) =>
                `  ${name} = ${printable(value)}${from === 'given' ? '' : ` (${from})`}`,
            )
            .join('\n'),
        ]),
    ...steps.map((step) => stepView(output, step, plan.asksBefore)),
    ...plan.warnings.map((warning) => yellow(`Warning: ${printable(warning)}`)),
    summary(plan, steps),
  ];
  return `${parts.join('\n\n')}\n`;
}

function summary({ destroys, asksBefore }: RunbookPlan, steps: readonly RenderedStep[]): string {
  const changes = steps.filter(({ kind }) => kind !== 'read').length;
  const covered = destroys.length === 0 ? '' : ` Approving it approves what ${destroys.join(', ')} destroys.`;
  const asked = asksBefore.length === 0 ? '' : ` ${asksBefore.join(', ')} will ask before.`;
  return `${count(steps.length, 'step')}, ${String(changes)} of them change something.${covered}${asked}`;
}
