import type { PlaybookPlan } from '../../domain/ansible/plan';
import { outcomeOfHost, type PlaybookReport } from '../../domain/ansible/report';
import type { PlaybookRequest } from '../../domain/ansible/request';
import type { PlaybookResult } from '../../domain/ansible/run';
import type { OperationOutcome } from '../../domain/operationReport';
import type { Problem } from '../../domain/errors';
import { count } from '../../domain/rendering/text';
import type { PlanVerdict } from '../shared/approval';
import { problemWithoutPlan } from '../shared/noPlan';
import type { Operation } from '../shared/operation';
import { withReportFile } from '../shared/reportFile';
import { reportHead, summaryOfNothing } from '../shared/reportHead';
import { playbookStepId } from './step';

type PlaybookOperation = Operation<PlaybookPlan, PlaybookResult>;

/** Writes the report file and closes. */
export async function closePlaybook(
  operation: PlaybookOperation,
  request: PlaybookRequest,
  verdict: PlanVerdict<PlaybookPlan>,
): Promise<PlaybookReport> {
  operation.state.phase = 'closed';
  operation.changed();
  return withReportFile(reportOf(operation, request, verdict));
}

function reportOf(
  { state }: PlaybookOperation,
  request: PlaybookRequest,
  verdict: PlanVerdict<PlaybookPlan>,
): PlaybookReport {
  const result = state.results[playbookStepId];
  const record = state.steps.find(({ id }) => id === playbookStepId);
  const ending = result?.ending;
  const head = reportHead(state, request);
  const runs = result?.begun ?? 0;
  const outcome = outcomeOf(state, verdict, { isDone: record?.phase === 'done', runs });
  const hosts = (ending?.hosts ?? []).map((it) => ({ ...it, outcome: outcomeOfHost(it) }));
  return {
    operation: 'runPlaybook',
    outcome,
    summary: summaryOf(outcome, {
      hosts,
      isSkipped: record?.phase === 'skipped',
      ...{ runs, verdict: verdict.outcome },
    }),
    ...head,
    warnings: [...head.warnings, ...(record?.warnings ?? [])],
    playbook: request.playbook,
    ...(request.limit === undefined ? {} : { limit: request.limit }),
    hosts,
    failures: ending?.failures ?? [],
    runs,
    ...(ending === undefined ? {} : { runStartedAt: ending.startedAt, runEndedAt: ending.endedAt }),
    ...(ending?.exitCode === undefined ? {} : { exitCode: ending.exitCode }),
    ...(ending?.outputFile === undefined ? {} : { outputFile: ending.outputFile }),
    ...problemOfRun(record?.problem),
    ...problemWithoutPlan(state, verdict),
  };
}

function problemOfRun(it: Problem | undefined): { readonly problem?: Problem } {
  return it === undefined ? {} : { problem: it };
}

/** What became of the plan for what was left, by its verdict. */
const noMore: Readonly<Partial<Record<PlanVerdict<PlaybookPlan>['outcome'], string>>> = {
  rejected: 'was rejected',
  expired: 'expired without an approval',
  refused: 'could not be made',
};

function outcomeOf(
  state: PlaybookOperation['state'],
  verdict: PlanVerdict<PlaybookPlan>,
  { isDone, runs }: { readonly isDone: boolean; readonly runs: number },
): OperationOutcome {
  // What ran before a new plan was wanted has run, whatever becomes of that plan.
  if (runs > 0 && noMore[verdict.outcome] !== undefined) return 'incomplete';
  if (verdict.outcome !== 'approved') return verdict.outcome;
  if (isDone) return 'done';
  return state.cancel === undefined ? 'incomplete' : 'cancelled';
}

function summaryOf(
  outcome: OperationOutcome,
  {
    hosts,
    isSkipped,
    runs,
    verdict,
  }: {
    readonly hosts: PlaybookReport['hosts'];
    readonly isSkipped: boolean;
    readonly runs: number;
    readonly verdict: PlanVerdict<PlaybookPlan>['outcome'];
  },
): string {
  const nothing = summaryOfNothing(outcome);
  if (nothing !== undefined) return nothing;
  const of = (wanted: PlaybookReport['hosts'][number]['outcome']) =>
    hosts.filter((it) => it.outcome === wanted).length;
  if (outcome === 'done')
    return `The playbook ran on ${count(hosts.length, 'host')}: ${of('changed')} changed, ${of('ok')} as they should be already.`;
  if (runs === 0) return 'The playbook was not run.';
  const bad =
    hosts.length === 0
      ? 'how it ended on the hosts is not known'
      : `${of('failed')} failed, ${of('unreachable')} could not be reached, ${of('changed') + of('ok')} came through`;
  const after = noMore[verdict];
  if (after !== undefined)
    return `The playbook was run: ${bad}. The new plan after that ${after}: nothing more was done.`;
  return `The playbook did not end as it should: ${bad}.${isSkipped ? ' A person left it at that.' : ''}`;
}
