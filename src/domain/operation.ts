import type { AccessPlan } from './accessPlan';
import type { AccessReport } from './accessReport';
import type { EvacuationPlan } from './evacuationPlan';
import type { EvacuationReport } from './report';

/** The plan of any operation. */
export type AnyPlan = EvacuationPlan | AccessPlan;

/** The report of any operation. */
export type AnyReport = EvacuationReport | AccessReport;
