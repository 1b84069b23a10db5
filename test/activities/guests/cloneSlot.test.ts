import { sendInCloneSlot } from '../../../src/activities/guests/cloneSlot';
import type { ActivityAttempt } from '../../../src/activities/shared/attempt';
import { ManagerError, problem, type ErrorCode } from '../../../src/domain/errors';
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
