import type { AccessPlan } from './accessPlan';
import type { AccessReport } from './accessReport';
import type { PlaybookPlan } from './ansible/plan';
import type { PlaybookReport } from './ansible/report';
import type { ClusterPlan } from './cluster/plan';
import type { ClusterReport } from './cluster/report';
import type { EvacuationPlan } from './evacuationPlan';
import type { EvacuationReport } from './report';
import type { RunbookPlan } from './runbookPlan';
import type { RunbookReport } from './runbookReport';
import type { TemplatePlan } from './templatePlan';
import type { TemplateReport } from './templateReport';

/** The plan of any operation. */
export type AnyPlan = EvacuationPlan | AccessPlan | RunbookPlan | PlaybookPlan | TemplatePlan | ClusterPlan;

/** The report of any operation. */
export type AnyReport =
  EvacuationReport | AccessReport | RunbookReport | PlaybookReport | TemplateReport | ClusterReport;
