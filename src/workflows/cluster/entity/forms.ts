import type { ClusterMember } from '../../../domain/cluster/member';
import type {
  MemberChangedMessage,
  OperationEndedMessage,
  TalosChangedMessage,
} from '../../../domain/cluster/messages';
import { longestTimeMs } from '../../../domain/cluster/request';
import type { OperationOutcome } from '../../../domain/operationReport';
import { isRecord } from '../../shared/requestFields';

/**
 * The forms of the entity's signals. Anybody can send one, and what is kept of it is read again and again: a field of
 * another kind would stop the entity then.
 */

const outcomes: Readonly<Record<OperationOutcome, true>> = {
  done: true,
  incomplete: true,
  rejected: true,
  expired: true,
  cancelled: true,
  planned: true,
  refused: true,
};

const memberStates: Readonly<Record<ClusterMember['state'], true>> = { made: true, ready: true, aside: true };

/** Whether a signal says something of one machine. */
export function isMemberChanged(message: unknown): message is MemberChangedMessage {
  if (!isOfOperation(message)) return false;
  const { vmid, member, timeToLiveMs } = message;
  return (
    isWhole(vmid) &&
    (member === undefined || isMember(member)) &&
    (timeToLiveMs === undefined || isTimeToLive(timeToLiveMs))
  );
}

/** Whether a signal says what a Talos cluster is. */
export function isTalosChanged(message: unknown): message is TalosChangedMessage {
  return isOfOperation(message) && isTalos(message['talos']);
}

/** Whether a signal says how an operation ended. */
export function isOperationEnded(message: unknown): message is OperationEndedMessage {
  if (!isOfOperation(message)) return false;
  const { outcome, summary, members, endsAt, asideUntil, talos, toReplace } = message;
  return (
    isOneOf(outcomes, outcome) &&
    isText(summary) &&
    Array.isArray(members) &&
    members.every(isMember) &&
    (talos === undefined || isTalos(talos)) &&
    (toReplace === undefined || isToReplace(toReplace)) &&
    [endsAt, asideUntil].every((time) => time === undefined || isTime(time))
  );
}

function isOfOperation(message: unknown): message is Record<string, unknown> {
  return isRecord(message) && isText(message['run']) && isText(message['instance']);
}

function isMember(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { name, role, ordinal, vmid, node, uuid, run, address, generation, state, neverReady } = value;
  return (
    [name, role, node, run].every(isText) &&
    [ordinal, vmid].every(isWhole) &&
    [uuid, address].every((it) => it === undefined || isText(it)) &&
    (generation === undefined || isWhole(generation)) &&
    isOneOf(memberStates, state) &&
    (neverReady === undefined || neverReady === true)
  );
}

function isTalos(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { folder, secretsSha256, bootstrapOn, bootstrapped, controlPlaneRole, filledFrom } = value;
  return (
    [folder, secretsSha256].every(isText) &&
    (bootstrapOn === undefined || isWhole(bootstrapOn)) &&
    typeof bootstrapped === 'boolean' &&
    [controlPlaneRole, filledFrom].every((it) => it === undefined || isText(it))
  );
}

function isToReplace(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { machines, by } = value;
  return isText(by) && Array.isArray(machines) && machines.length > 0 && machines.every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isWhole(value: unknown): boolean {
  return Number.isInteger(value);
}

function isTime(value: unknown): boolean {
  return isText(value) && Number.isFinite(Date.parse(value));
}

function isTimeToLive(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= longestTimeMs;
}

function isOneOf(known: Readonly<Record<string, true>>, value: unknown): boolean {
  return isText(value) && Object.hasOwn(known, value);
}
