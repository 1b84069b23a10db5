import type { AccessPlan } from './accessPlan';
import type { AccessReport } from './accessReport';
import type { EvacuationPlan } from './evacuationPlan';
import type { EvacuationReport } from './report';
import type { RunbookPlan } from './runbookPlan';
import type { RunbookReport } from './runbookReport';
import type { TemplatePlan } from './templatePlan';
import type { TemplateReport } from './templateReport';

/** The plan of any operation. */
export type AnyPlan = EvacuationPlan | AccessPlan | RunbookPlan | TemplatePlan;

/** The report of any operation. */
export type AnyReport = EvacuationReport | AccessReport | RunbookReport | TemplateReport;
