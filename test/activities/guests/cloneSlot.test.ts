import { sendInCloneSlot } from '../../../src/activities/guests/cloneSlot';
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

/** When the clone was asked for, with such a turn from the ledger. */
async function sentAtMs(turn: Turn): Promise<number> {
  const { ledger } = ledgerOfRules();
  const takeCloneSlot = () => Promise.resolve({ granted: true as const, turn });
  return Number(
    await sendInCloneSlot({ ...ledger, takeCloneSlot }, attempt, wish, () =>
      Promise.resolve(String(Date.now())),
    ),
  );
}

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

test('a clone is asked for at its turn, and not before', async () => {
  const at = inMs(50);
  // A timer may go off within the millisecond before.
  expect(await sentAtMs({ at, inMs: 100 })).toBeGreaterThan(Date.parse(at) - 2);
});

test('where the clocks do not agree a clone waits as long as the ledger has said', async () => {
  const before = Date.now();
  expect(await sentAtMs({ at: inMs(-60_000), inMs: 50 })).toBeGreaterThan(before + 48);
  // An hour ahead: by this clock it would wait for an hour.
  expect(await sentAtMs({ at: inMs(3_600_000), inMs: 1 })).toBeLessThan(Date.parse(inMs(3_600_000)));
});
