import type { OperationOutcome } from '../../domain/operationReport';
import type { RunbookReport } from '../../domain/runbookReport';
import {
  changeClusterWorkflowId,
  playbookWorkflowId,
  runbookWorkflowId,
  templateWorkflowId,
  workflowTypes,
} from '../../domain/names';
import type { Session } from '../session';
import { readEnding } from './outcome';
import { reportFiles } from './reportFiles';

/**
 * The ID of the newest operation that a name of a runbook, template, cluster or playbook means: a run of that runbook, what
 * makes that template, what changes that cluster, a run of that playbook. Undefined where neither Temporal nor the state folder knows one.
 */
export async function newestOf(session: Session, cluster: string, name: string): Promise<string | undefined> {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) return undefined;
  const prefix = runbookWorkflowId(cluster, name, '');
  const others = [
    templateWorkflowId(cluster, name),
    changeClusterWorkflowId(cluster, name),
    playbookWorkflowId(cluster, name),
  ];
  try {
    const client = await session.client();
    const query = `(WorkflowType = '${workflowTypes.runRunbook}' AND WorkflowId STARTS_WITH '${prefix}') OR ${others.map((id) => `WorkflowId = '${id}'`).join(' OR ')}`;
    for await (const { workflowId } of client.workflow.list({ query })) return workflowId;
  } catch {
    // Whoever asks for it by its ID is told why.
  }
  const isMeant = (workflowId: string) => others.includes(workflowId) || workflowId.startsWith(prefix);
  return reportFiles().find(({ workflowId }) => isMeant(workflowId))?.workflowId;
}

/** Ends of runs in which no step was done. */
const withoutSteps: ReadonlySet<OperationOutcome> = new Set(['planned', 'refused', 'rejected', 'expired']);
/** So many runs are looked at. */
const mostRuns = 20;

/** The report of the newest run of a runbook in which steps were done and that has ended; undefined: there is none. */
export async function reportOfNewestRun(
  session: Session,
  cluster: string,
  runbook: string,
): Promise<RunbookReport | undefined> {
  const client = await session.client();
  const prefix = runbookWorkflowId(cluster, runbook, '');
  const query = `WorkflowType = '${workflowTypes.runRunbook}' AND WorkflowId STARTS_WITH '${prefix}' AND ExecutionStatus = 'Completed'`;
  let looked = 0;
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const ending = await readEnding(client, workflowId, runId);
    const report = ending.kind === 'report' ? ending.report : undefined;
    if (report?.operation === 'runRunbook' && !withoutSteps.has(report.outcome)) return report;
    looked += 1;
    if (looked >= mostRuns) break;
  }
  return undefined;
}
