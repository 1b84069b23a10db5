import { setTimeout as delay } from 'node:timers/promises';
import type { CloneKind } from '../../domain/buildLease';
import type { LeaseHolder, Turn } from '../../domain/lease';
import type { LedgerClient } from '../ledger/client';
import { isCode } from '../shared/adoption';
import type { ActivityAttempt } from '../shared/attempt';

/** What is asked of the ledger around a clone. */
export type CloneSlots = Pick<LedgerClient, 'takeCloneSlot' | 'giveCloneSlotBack'>;

/** A clone that wants its turn. */
export interface SlotWish {
  readonly holder: LeaseHolder;
  readonly node: string;
  /** Whose lock the clone takes. Absent: it is not known, and the clone waits for no turn. */
  readonly storage: string | undefined;
  /** Whether all nodes share it. Absent: it is not known, and it counts as one of the node. */
  readonly shared?: boolean;
  /** How many volumes the clone makes. Absent: it is not known. */
  readonly volumes?: number;
  /** VMID of the clone. */
  readonly vmid: number;
  readonly kind: CloneKind;
}

/** So many of the clones that are in the way are named. */
const mostNamed = 3;

/** What the ledger knows the slot of a clone by. */
export function slotPurpose(vmid: number): string {
  return `clone ${vmid}`;
}

/**
 * Sends the request for a clone in its turn. The slot is kept while the clone is made; one that was refused gives it
 * back at once, since a person may be asked next. An attempt that was overtaken gives nothing back: the slot is that of
 * its twin, which has the same holder and purpose. Once the turn is given (within seconds, then) the clone is asked for, also if
 * somebody ends the operation meanwhile: it is one of those that are finished.
 */
export async function sendInCloneSlot(
  ledger: CloneSlots,
  attempt: Pick<ActivityAttempt, 'signal' | 'tell' | 'requireAlive'>,
  wish: SlotWish,
  send: () => Promise<string>,
): Promise<string> {
  await awaitCloneSlot(ledger, attempt, wish);
  try {
    return await send();
  } catch (error) {
    if (!isCode(error, 'OutcomeUnknown') && isAlive(attempt)) {
      await ledger.giveCloneSlotBack(wish.holder, slotPurpose(wish.vmid));
    }
    throw error;
  }
}

function isAlive(attempt: Pick<ActivityAttempt, 'requireAlive'>): boolean {
  try {
    attempt.requireAlive();
    return true;
  } catch {
    return false;
  }
}

/** Waits for a turn on the storage: bursts of clones time out on its lock. However long it takes. */
async function awaitCloneSlot(
  ledger: CloneSlots,
  { signal, tell }: Pick<ActivityAttempt, 'signal' | 'tell'>,
  { vmid, storage, ...wish }: SlotWish,
): Promise<void> {
  if (storage === undefined) return;
  for (;;) {
    signal.throwIfAborted();
    const askedAtMs = Date.now();
    const answer = await ledger.takeCloneSlot({ ...wish, purpose: slotPurpose(vmid), storage });
    if (answer.granted) {
      const waitMs = msUntilTurn(answer.turn, { askedAtMs, nowMs: Date.now() });
      return delay(waitMs, undefined, { signal });
    }
    tell({ waitsFor: inShort(answer.conflicts.map(({ text }) => text)) });
  }
}

function inShort(texts: readonly string[]): string {
  const more = texts.length > mostNamed ? [`and ${texts.length - mostNamed} more`] : [];
  return [...texts.slice(0, mostNamed), ...more].join('; ');
}

/** Whoever has asked for longer has waited for a slot: that tells nothing of how long the answer took. */
const longestAnswerMs = 1_000;

/**
 * Milliseconds until a turn; 0 where there is none to wait for. Answers of the ledger are on their way for longer or shorter,
 * which would bring some turns together: so the clock counts, unless it does not agree with the ledger's.
 */
export function msUntilTurn(
  turn: Turn | undefined,
  { askedAtMs, nowMs }: { readonly askedAtMs: number; readonly nowMs: number },
): number {
  if (turn === undefined) return 0;
  const byClock = Date.parse(turn.at) - nowMs;
  const onItsWayMs = Math.min(nowMs - askedAtMs, longestAnswerMs);
  const agrees = byClock <= turn.inMs && byClock >= turn.inMs - onItsWayMs;
  return Math.max(0, agrees ? byClock : turn.inMs);
}
