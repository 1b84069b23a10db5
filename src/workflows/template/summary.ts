import type { OperationOutcome } from '../../domain/operationReport';
import type { KeptCopy, TemplatePlan } from '../../domain/templatePlan';
import type { TemplateReport } from '../../domain/templateReport';
import { copyWords } from '../../domain/rendering/templateFacts';
import { summaryOfNothing } from '../shared/reportHead';

/** How making a template ended. */
export interface TemplateEnding extends Pick<TemplateReport, 'name' | 'copies' | 'retired' | 'steps'> {
  readonly outcome: OperationOutcome;
  readonly plan: TemplatePlan | undefined;
  /** Nobody could see whether a copy is in force. */
  readonly isUnseen: boolean;
}

/** The ending in a sentence. */
export function summaryOf(ending: TemplateEnding): string {
  const { outcome, name, plan, retired } = ending;
  const nothing = summaryOfNothing(outcome);
  if (nothing !== undefined) return nothing;
  if (outcome !== 'done') return openSummary(ending);
  return [doneSummary(name, plan, retired.length), ...(plan?.keeps ?? []).map(keptSentence)].join(' ');
}

function keptSentence(copy: KeptCopy): string {
  return `${copyWords(copy)} is old, but stays: ${copy.because}.`;
}

function openSummary({ name, plan, copies, retired, steps, isUnseen }: TemplateEnding): string {
  const inForce = copies.filter((copy) => copy.outcome === 'inForce').length;
  const deleted = retired.filter((it) => it.outcome === 'deleted').length;
  if (isUnseen && inForce === 0) {
    return `Not finished. Whether version ${plan?.generation ?? 0} of the template ${name} is in force nobody could see: pxm template show ${name} tells it once its nodes answer.`;
  }
  if (plan === undefined) return 'It was ended before there was a plan: nothing was done.';
  if (inForce > 0 || copies.length === 0) {
    return `Not finished: ${inForce} of ${copies.length} copies are in force, ${deleted} of ${retired.length} older ones are deleted.`;
  }
  const stopped = steps.find((step) => step.outcome === 'stopped');
  const because =
    stopped === undefined
      ? ''
      : `the runbook ended itself at "${stopped.title}" (${stopped.reason ?? 'it does not say why'}); `;
  return `Not finished: ${because}the template ${name} is as it was before.`;
}

function doneSummary(name: string, plan: TemplatePlan | undefined, retired: number): string {
  const gone = retired === 0 ? '' : `, ${retired} older ${retired === 1 ? 'copy is' : 'copies are'} deleted`;
  switch (plan?.todo) {
    case 'build':
    case 'replicate':
      return `Version ${plan.generation} of the template ${name} is in force${gone}.`;
    case 'retire':
      return `Version ${plan.generation} of the template ${name} stays in force${gone}.`;
    default:
      return `Nothing to do${gone}: ${plan?.because ?? 'the template is as it should be'}.`;
  }
}
