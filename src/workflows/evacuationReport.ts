import type { EvacuationPlan, EvacuationRequest } from '../domain/evacuationPlan';
import type { GuestRef } from '../domain/guest';
import type { NodeProof } from '../domain/moveProof';
import type { OperationOutcome } from '../domain/operationReport';
import type { EvacuationReport, GuestOutcome } from '../domain/report';
import { problemText } from '../domain/errors';
import { activities } from './shared/calls';
import type { PlanVerdict } from './shared/approval';
import type { Attempt } from './shared/credentials';
import type { Operation } from './shared/operation';
import { problemWithoutPlan } from './shared/noPlan';
import { withReportFile } from './shared/reportFile';
import { reportHead } from './shared/reportHead';
import type { OpenStep } from './shared/state';
import type { MoveResult } from './moveResult';

type Evacuation = Operation<EvacuationPlan, MoveResult>;

/** Whether a step was begun for any guest, also one of a plan that was replaced since. */
export function hasBegunAny({ state }: Evacuation): boolean {
  return Object.keys(state.results).length > 0;
}

/** The report of an evacuation that ended before its first step. */
export function reportWithoutSteps(
  evacuation: Evacuation,
  request: EvacuationRequest,
  verdict: Exclude<PlanVerdict<EvacuationPlan>, { outcome: 'approved' }>,
): EvacuationReport {
  return {
    ...frame(evacuation, request),
    outcome: verdict.outcome,
    summary: summaries[verdict.outcome](request.node),
    guests: guestsOfPlan(evacuation, new Set()),
    arrivals: [],
    nodeIsEmpty: false,
    ...problemWithoutPlan(evacuation.state, verdict),
  };
}

const summaries: Readonly<
  Record<'planned' | 'rejected' | 'expired' | 'cancelled' | 'refused', (node: string) => string>
> = {
  planned: (node) => `Only planned: nothing was changed on ${node}.`,
  rejected: (node) => `The plan was rejected: ${node} was left as it is.`,
  expired: (node) => `The plan expired without an approval: ${node} was left as it is.`,
  cancelled: (node) => `Cancelled before the next step: ${node} is not emptied.`,
  refused: (node) => `The evacuation of ${node} could not begin.`,
};

/** Why no step follows those of the plan before. */
const noFurtherPlan: Readonly<Record<PlanVerdict<EvacuationPlan>['outcome'], string>> = {
  approved: '',
  planned: '',
  cancelled: '',
  rejected: 'The new plan was rejected. ',
  expired: 'The new plan expired without an approval. ',
  refused: 'No new plan could be made. ',
};

/** The report of an evacuation that ran: what became of each guest, and whether the node is empty. */
export function reportOf(
  evacuation: Evacuation,
  request: EvacuationRequest,
  listed: Attempt<NodeProof>,
  verdict: PlanVerdict<EvacuationPlan>,
): EvacuationReport {
  const proof = listed.ok ? listed.value : undefined;
  const left = proof?.listed === true ? proof.guests : undefined;
  const leftVmids = new Set(left?.map((guest) => guest.vmid));
  const tried = guestsTried(evacuation).map((guest) =>
    guest.outcome === 'moved' && leftVmids.has(guest.vmid) ? cameBack(guest) : guest,
  );
  const known = new Set(tried.map((guest) => guest.vmid));
  const guests = [...tried, ...guestsOfPlan(evacuation, known)];
  const planned = new Set(guests.map((guest) => guest.vmid));
  const nodeIsEmpty = left?.length === 0;
  const outcome: OperationOutcome =
    evacuation.state.cancel !== undefined
      ? 'cancelled'
      : nodeIsEmpty && guests.every((guest) => guest.outcome === 'moved' && guest.reason === undefined)
        ? 'done'
        : 'incomplete';
  const moved = guests.filter((guest) => guest.outcome === 'moved');
  const unlisted =
    proof?.listed === true
      ? []
      : [
          `${request.node} could not be listed at the end: it is not called empty.${listed.ok ? '' : ` ${problemText(listed.problem)}`}`,
        ];
  const base = frame(evacuation, request);
  return {
    ...base,
    outcome,
    summary: `${noFurtherPlan[verdict.outcome]}${summaryOf(request.node, moved, guests.length, left?.length)}`,
    guests,
    arrivals: (left ?? []).filter((guest) => !planned.has(guest.vmid)),
    nodeIsEmpty,
    wayBack: base.wayBack.filter(({ vmid }) => !leftVmids.has(vmid)),
    warnings: [...base.warnings, ...unlisted],
    ...(verdict.outcome === 'refused' ? { problem: verdict.problem } : {}),
  };
}

/** Somebody moved it back meanwhile: the node's own list, asked last, counts. */
function cameBack(guest: GuestOutcome): GuestOutcome {
  const reason = `it was moved to ${guest.now ?? 'its target'} and is on ${guest.from} again`;
  return { ...guest, outcome: 'stayed', now: guest.from, reason };
}

function summaryOf(
  node: string,
  moved: readonly GuestOutcome[],
  all: number,
  left: number | undefined,
): string {
  const figures = `${moved.length} of ${all} guests moved`;
  if (left === undefined) return `It is not known whether ${node} is empty: ${figures}.`;
  if (left > 0) return `${node} is not empty: ${figures}, ${left} still there.`;
  const changed = moved.filter((guest) => guest.reason !== undefined).length;
  return changed === 0
    ? `${node} is empty: ${figures}, each proven on its target.`
    : `${node} is empty: ${figures}, ${changed} of them not as it was before.`;
}

/** Gives back what was leased, writes the report file, closes. */
export async function closeEvacuation(
  evacuation: Evacuation,
  report: EvacuationReport,
): Promise<EvacuationReport> {
  evacuation.state.phase = 'closed';
  evacuation.changed();
  try {
    await activities.closing.releaseLeases({ holder: evacuation.holder });
  } catch {
    // The ledger frees by itself what a closed operation held.
  }
  return withReportFile(report);
}

/** Closing must not fail: the ledger frees what a closed operation held, and the report is the workflow's result. */
function frame(evacuation: Evacuation, request: EvacuationRequest) {
  const { state } = evacuation;
  return {
    operation: 'evacuateNode' as const,
    node: request.node,
    ...reportHead(state, request),
    wayBack: Object.values(state.results).filter(isOnTarget).map(wayBackOf),
  };
}

/** Every guest that a step was begun for, also those of plans that were replaced since. */
function guestsTried(evacuation: Evacuation): GuestOutcome[] {
  return evacuation.state.steps.flatMap((step) => {
    const result = evacuation.state.results[step.id];
    return result === undefined ? [] : [outcomeOf(step, result)];
  });
}

function outcomeOf(step: OpenStep, result: MoveResult): GuestOutcome {
  const { move, proof, copiedBytes, downtimeMs } = result;
  const moved = isOnTarget(result);
  const seen = proof === undefined ? 'it is not known where the guest is' : proof.seen;
  const said = step.problem === undefined ? seen : `${problemText(step.problem)} (${seen})`;
  const leftovers = proof?.leftovers.map(({ node, volume }) => `left over on ${node}: ${volume}`) ?? [];
  return {
    vmid: move.vmid,
    name: move.name,
    kind: move.kind,
    outcome: moved ? 'moved' : proof?.where === 'source' ? 'stayed' : 'unknown',
    from: move.source,
    mode: move.mode,
    ...(proof?.node === undefined ? {} : { now: proof.node }),
    ...(step.openedAt === undefined ? {} : { startedAt: step.openedAt }),
    ...(step.endedAt === undefined ? {} : { endedAt: step.endedAt }),
    ...(copiedBytes === undefined ? {} : { bytesCopied: copiedBytes }),
    ...(downtimeMs === undefined ? {} : { downtimeMs }),
    ...(step.upid === undefined ? {} : { upid: step.upid }),
    ...(step.phase === 'done' ? {} : { reason: said }),
    ...(step.problem === undefined ? {} : { remedy: step.problem.remedy }),
    warnings: [...step.warnings, ...leftovers],
  };
}

/** Guests of the current plan that no step was begun for. */
function guestsOfPlan(evacuation: Evacuation, tried: ReadonlySet<number>): GuestOutcome[] {
  const { plan } = evacuation.state;
  if (plan === undefined) return [];
  const unstarted = plan.moves.map((move) => stayed(move, plan.node, 'its migration was not started'));
  const staying = plan.stays.map((guest) => ({
    ...stayed(guest, plan.node, guest.reason),
    stayCode: guest.code,
    remedy: guest.remedy,
  }));
  return [...unstarted, ...staying].filter((guest) => !tried.has(guest.vmid));
}

function stayed(guest: GuestRef, node: string, reason: string): GuestOutcome {
  const { vmid, name, kind } = guest;
  return { vmid, name, kind, outcome: 'stayed', from: node, now: node, reason, warnings: [] };
}

function isOnTarget(result: MoveResult): boolean {
  return result.proof?.where === 'target';
}

function wayBackOf({ move }: MoveResult) {
  return { vmid: move.vmid, name: move.name, from: move.target, to: move.source, mode: move.mode };
}
