import type { TemplateFrame, TemplatePlan } from '../../domain/templatePlan';

/** A plan as its steps need it. */
export function frameOf(plan: TemplatePlan): TemplateFrame {
  const { name, generation, buildName, runbook, files, settings, product, madeAt } = plan;
  const { copies, inForce, retires, reservations, source, bootTest } = plan;
  return {
    ...{ name, generation, buildName, runbook, files, settings, product, madeAt },
    ...{ copies, inForce, retires, reservations },
    ...(source === undefined ? {} : { source }),
    ...(bootTest === undefined ? {} : { bootTest }),
  };
}
