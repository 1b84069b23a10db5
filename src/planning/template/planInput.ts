import type { ClusterConfig } from '../../config/clusterConfig';
import type { TemplateSource } from '../../domain/template/source';
import type { RunbookFile } from '../../domain/runbookPlan';
import type { TemplateRequest } from '../../domain/templatePlan';
import type { OperationTimes } from '../../domain/evacuationPlan';
import type { BuildNode, MarkedGuest } from './facts';
import type { TemplateRecipe } from './recipe';

/** What a plan is made from: fresh facts, and the source resolved. */
export interface TemplatePlanInput {
  readonly request: TemplateRequest;
  readonly cluster: string;
  readonly conventions: ClusterConfig['conventions'];
  readonly recipe: TemplateRecipe;
  /** The runbook's file and those that it calls. */
  readonly files: readonly RunbookFile[];
  readonly source: TemplateSource;
  readonly nodes: readonly BuildNode[];
  /** All templates of the cluster, and whatever else has a marker. */
  readonly guests: readonly MarkedGuest[];
  /** Ids of all volumes on the storages of older versions: shows which have linked clones. */
  readonly volumes: readonly string[];
  readonly sshKeys: readonly string[];
  readonly times: OperationTimes;
  readonly product: string;
  /** Workflow ID of the operation. */
  readonly operation: string;
  /** First run of the operation's chain. */
  readonly run: string;
  readonly madeAt: Date;
  readonly warnings: readonly string[];
}
