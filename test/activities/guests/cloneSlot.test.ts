import { msUntilTurn, sendInCloneSlot } from '../../../src/activities/guests/cloneSlot';
import type { ActivityAttempt } from '../../../src/activities/shared/attempt';
import { ManagerError, problem, type ErrorCode } from '../../../src/domain/errors';
import type { Turn } from '../../../src/domain/lease';
import { maker } from '../cluster/given';
import { ledgerOfRules } from '../ledger/ledgerOfRules';
import { attempt } from '../template/stepStage';

const taken = 'linked clone 1000 on local-lvm@pve01';
const wish = { holder: maker, node: 'pve01', storage: 'local-lvm', vmid: 1000, kind: 'linked' } as const;

function failing(code: ErrorCode): ManagerError {
  return new ManagerError(problem(code, { attempted: 'clone VM 900', failed: 'a test' }));
}

async function slotsAfter(code: ErrorCode, of: ActivityAttempt): Promise<readonly string[]> {
  const { ledger, slots } = ledgerOfRules();
  const sent = sendInCloneSlot(ledger, of, wish, () => Promise.reject(failing(code)));
  await expect(sent).rejects.toMatchObject({ code });
  return slots;
}

test('a clone that is refused gives its slot back, one whose answer is lost keeps it', async () => {
  expect(await slotsAfter('ProxmoxFailed', attempt)).toEqual([taken, 'back clone 1000']);
  expect(await slotsAfter('OutcomeUnknown', attempt)).toEqual([taken]);
});

test('an attempt that was overtaken leaves the slot to its twin', async () => {
  const overtaken: ActivityAttempt = {
    ...attempt,
    requireAlive() {
      throw failing('Interrupted');
    },
  };
  expect(await slotsAfter('Interrupted', overtaken)).toEqual([taken]);
  // The twin has made the machine: its VMID is taken.
  expect(await slotsAfter('ProxmoxFailed', overtaken)).toEqual([taken]);
});

test('a clone is asked for at its turn, and not before', async () => {
  const { ledger } = ledgerOfRules();
  const at = new Date(Date.now() + 50).toISOString();
  const takeCloneSlot = () => Promise.resolve({ granted: true as const, turn: { at, inMs: 50 } });
  const send = () => Promise.resolve(String(Date.now()));
  const sentAtMs = Number(await sendInCloneSlot({ ...ledger, takeCloneSlot }, attempt, wish, send));
  // A timer may go off within the millisecond before.
  expect(sentAtMs).toBeGreaterThan(Date.parse(at) - 2);
});

test('the time that an answer took is no longer waited for, unless the clock of the ledger is another', () => {
  const turn: Turn = { at: '2026-11-25T12:00:10.000Z', inMs: 1000 };
  const nowMs = Date.parse(turn.at) - 400;
  // The answer took 600 ms of the 1000.
  expect(msUntilTurn(turn, { askedAtMs: nowMs - 650, nowMs })).toBe(400);
  // It took 100 ms: the clock here is half a second ahead.
  expect(msUntilTurn(turn, { askedAtMs: nowMs - 100, nowMs })).toBe(1000);
  // The clock here is a minute behind.
  expect(msUntilTurn(turn, { askedAtMs: nowMs - 60_650, nowMs: nowMs - 60_000 })).toBe(1000);
  // It waited for a slot for long, and the clock here is two seconds ahead.
  const late = { ...turn, inMs: 2_400 };
  expect(msUntilTurn(late, { askedAtMs: nowMs - 8_000, nowMs })).toBe(2_400);
  // It took longer than the turn was away.
  expect(msUntilTurn({ ...turn, inMs: 300 }, { askedAtMs: nowMs, nowMs: nowMs + 500 })).toBe(0);
  expect(msUntilTurn(undefined, { askedAtMs: nowMs, nowMs })).toBe(0);
});
