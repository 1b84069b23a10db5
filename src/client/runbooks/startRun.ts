import { randomBytes } from 'node:crypto';
import { runbookWorkflowId, taskQueueOf, workflowTypes } from '../../domain/names';
import type { RunValues } from '../../domain/runbook/values';
import type { RunbookRequest } from '../../domain/runbookPlan';
import { reportOfNewestRun } from '../operations/newestRun';
import { warnOfStaleWorker } from '../processes/staleWorker';
import type { Session } from '../session';
import { requireRunbookName } from './runbookName';
import { captureOf, pairs, type RunOptions } from './runOptions';

/** Starts a run of a runbook on the worker's machine and returns its ID. */
export async function startRun(
  session: Session,
  runbook: string,
  given: RunOptions,
  wishes: Pick<RunbookRequest, 'dryRun'> = {},
): Promise<string> {
  requireRunbookName(runbook, 'a run');
  const config = session.config();
  const { name: cluster } = config.cluster;
  await warnOfStaleWorker(session, config);
  const { node, fromStep, by } = given;
  const captures = fromStep === undefined ? {} : await capturesFor(session, cluster, runbook, given);
  const request: RunbookRequest = {
    ...{ runbook, cluster, requestedBy: by, parameters: pairs(given.set), ...wishes },
    ...(node === undefined ? {} : { node }),
    ...(fromStep === undefined ? {} : { fromStep, captures }),
  };
  const client = await session.client();
  const workflowId = runbookWorkflowId(cluster, runbook, runName(new Date()));
  await client.workflow.start(workflowTypes.runRunbook, {
    taskQueue: taskQueueOf(cluster),
    workflowId,
    args: [request],
    workflowIdConflictPolicy: 'FAIL',
    staticSummary: `Run the runbook ${runbook}, asked by ${by}`.slice(0, 100),
  });
  session.output.note(`Started ${workflowId}.`);
  return workflowId;
}

/** `20261125-3fa9c1`: runs sort by their day. */
function runName(now: Date): string {
  return `${now.toISOString().slice(0, 10).replaceAll('-', '')}-${randomBytes(3).toString('hex')}`;
}

/** What the newest run had captured, with what is given on top. */
async function capturesFor(
  session: Session,
  cluster: string,
  runbook: string,
  { capture }: RunOptions,
): Promise<RunValues> {
  const given = Object.fromEntries(
    Object.entries(pairs(capture)).map(([name, text]) => [name, captureOf(text)]),
  );
  const report = await reportOfNewestRun(session, cluster, runbook);
  if (report === undefined) return given;
  const names = Object.keys(report.captures);
  if (names.length > 0) session.output.note(`From ${report.workflowId}: ${names.join(', ')}.`);
  return { ...report.captures, ...given };
}
