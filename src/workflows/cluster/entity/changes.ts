import type {
  LastOperation,
  MemberChangedMessage,
  OperationEndedMessage,
  OperationUnderWay,
  TalosChangedMessage,
} from '../../../domain/cluster/messages';
import type { ClusterMember, ClusterRecord, TalosRecord } from '../../../domain/cluster/member';
import type { OperationOutcome } from '../../../domain/operationReport';
import { membersInOrder } from '../inOrder';
import { askAgainMs, dueAction } from './dues';
import type { EntityState } from './state';

const defaultGraceMs = 86_400_000;

/** Keeps what the operation says of one machine; what a former operation, or one of a former cluster, says is ignored. */
export function memberChanged(
  state: EntityState,
  { run, instance, vmid, member, timeToLiveMs }: MemberChangedMessage,
): void {
  const { record, operation } = state;
  if (record?.instance !== instance || operation === undefined || !isUnderWay(state, run)) return;
  if (timeToLiveMs !== undefined) state.operation = { ...operation, timeToLiveMs };
  const members = record.members.filter((it) => it.vmid !== vmid);
  state.record = {
    ...record,
    members: membersInOrder(member === undefined ? members : [...members, member]),
  };
}

/** Keeps what the operation says of the Talos cluster, as {@link memberChanged} does of a machine. */
export function talosChanged(state: EntityState, { run, instance, talos }: TalosChangedMessage): void {
  const { record } = state;
  if (record?.instance !== instance || !isUnderWay(state, run)) return;
  state.record = { ...record, talos };
}

/** The operation under way has ended with a report: what it says replaces what is known. */
export function operationEnded(state: EntityState, message: OperationEndedMessage, endedAt: string): void {
  const { record, operation } = state;
  if (record?.instance !== message.instance || operation === undefined) return;
  if (!isUnderWay(state, message.run)) return;
  const { members, outcome, summary } = message;
  const asideUntil = wasBegun(outcome) ? message.asideUntil : undefined;
  const endsAt = wasBegun(outcome) ? endAfter(record, operation, message) : record.endsAt;
  const talos = message.talos ?? record.talos;
  close(state, endedAt, { outcome, summary }, { members, endsAt, asideUntil, talos });
  if (message.toReplace !== undefined && wasCarriedOut(outcome)) state.replacement = message.toReplace;
}

/** Whether a plan may have been carried out, at least in part: nothing else changes the times of a cluster. */
function wasBegun(outcome: OperationOutcome): boolean {
  return wasCarriedOut(outcome) || outcome === 'cancelled';
}

function wasCarriedOut(outcome: OperationOutcome): boolean {
  return outcome === 'done' || outcome === 'incomplete';
}

/** Of what was brought back only its plan says when it ends: the time before may be over. */
function endAfter(
  { endsAt }: ClusterRecord,
  { action, isExtended }: OperationUnderWay,
  message: OperationEndedMessage,
): string | undefined {
  if (isExtended === true) return endsAt;
  const isBack =
    action === 'undo' &&
    wasCarriedOut(message.outcome) &&
    message.members.some(({ state }) => state !== 'aside');
  return isBack ? message.endsAt : (message.endsAt ?? endsAt);
}

/**
 * The operation under way is not there any more and has said nothing: what it told of each machine, and of the time to live, is
 * all that is known.
 */
export function operationLost(state: EntityState, run: string, because: string, endedAt: string): void {
  const { record, operation } = state;
  if (operation === undefined || !isUnderWay(state, run) || record === undefined) return;
  const summary = `It ended without a report: ${because}. The machines are those it had told of; what runs in Proxmox goes on.`;
  const { members, talos } = record;
  const endsAt = record.endsAt ?? endOfLost(operation, endedAt);
  close(state, endedAt, { summary }, { members, endsAt, asideUntil: undefined, talos });
  state.notice = summary;
}

/** A new cluster has its time to live also where what made it is lost. */
function endOfLost({ timeToLiveMs, isExtended }: OperationUnderWay, endedAt: string): string | undefined {
  return timeToLiveMs === undefined || isExtended === true ? undefined : later(endedAt, timeToLiveMs);
}

/** Whether the operation under way is the one of this run; one that is being started is of none yet. */
export function isUnderWay({ operation }: EntityState, run: string): boolean {
  return operation?.run === run;
}

/** What a cluster is once an operation has ended. */
interface After {
  readonly members: readonly ClusterMember[];
  readonly endsAt: string | undefined;
  readonly asideUntil: string | undefined;
  readonly talos: TalosRecord | undefined;
}

function close(
  state: EntityState,
  endedAt: string,
  ending: Pick<LastOperation, 'summary'> & Partial<Pick<LastOperation, 'outcome'>>,
  { members, endsAt, asideUntil, talos }: After,
): void {
  const { record, operation } = state;
  if (record === undefined || operation === undefined) return;
  const { profile, instance } = record;
  const aside = members.filter((member) => member.state === 'aside').length;
  const until = asideUntil ?? record.asideUntil ?? later(endedAt, operation.graceMs ?? defaultGraceMs);
  state.record = {
    ...{ profile, instance, members },
    ...(endsAt === undefined || members.length === 0 ? {} : { endsAt }),
    ...(aside === 0 ? {} : { asideUntil: until }),
    ...(talos === undefined ? {} : { talos }),
  };
  delete state.operation;
  delete state.notice;
  if (ending.outcome === 'planned') return;
  state.last = { action: operation.action, ...ending, endedAt };
  if (ending.outcome === 'done' || operation.isByItself === true) delete state.notBefore;
  // Whatever came of it: what is due still would begin at once, and again, and again.
  if (operation.isByItself === true && dueAction(state, Date.parse(endedAt)) !== undefined)
    state.notBefore = later(endedAt, askAgainMs);
}

function later(iso: string, ms: number): string {
  return new Date(Date.parse(iso) + ms).toISOString();
}
