import { leaseFreeVmid } from '../../../src/activities/ledger/leaseFreeVmid';
import type { LedgerClient } from '../../../src/activities/ledger/client';
import type { LeaseHolder } from '../../../src/domain/lease';
import { emptyLedger } from '../../../src/planning/rules/ledger';
import { leaseVmid } from '../../../src/planning/rules/vmidLeases';
import { startLab, useCleanUp } from '../../proxmox/support';
import { labWith, machine } from '../inspection/lab';

const debian: LeaseHolder = { workflowId: 'create-template/lab/debian-13', firstExecutionRunId: 'a' };
const rocky: LeaseHolder = { workflowId: 'create-template/lab/rocky-9', firstExecutionRunId: 'b' };

/** The ledger's own rules, without a workflow around them. */
function ledgerOfRules(): Pick<LedgerClient, 'leaseVmid'> {
  let view = emptyLedger();
  return {
    leaseVmid(request) {
      const change = leaseVmid(view, request, new Date().toISOString());
      if (change.answer.granted) view = change.view;
      return Promise.resolve(change.answer);
    },
  };
}

const clean = useCleanUp();
const lab = () => startLab(clean, { scenario: labWith({ guests: [machine(100), machine(102)] }) });

const range = { first: 100, last: 104 };
const nobodys = () => Promise.resolve(false);

test('the lowest VMID that no guest and no operation has', async () => {
  const { client } = await lab();
  const ledger = ledgerOfRules();
  const wish = { purpose: 'build', range, isOurs: nobodys };
  expect(await leaseFreeVmid(client, ledger, { ...wish, holder: debian })).toBe(101);
  expect(await leaseFreeVmid(client, ledger, { ...wish, holder: rocky })).toBe(103);
  expect(await leaseFreeVmid(client, ledger, { ...wish, holder: debian })).toBe(101);
});

test('the same VMID again once the holder has made its guest there, another one if a foreign guest came', async () => {
  const { client, simulator } = await lab();
  const ledger = ledgerOfRules();
  const wish = { holder: debian, purpose: 'build', range };
  expect(await leaseFreeVmid(client, ledger, { ...wish, isOurs: nobodys })).toBe(101);
  simulator.control.addGuest(machine(101));
  expect(
    await leaseFreeVmid(client, ledger, { ...wish, isOurs: ({ vmid }) => Promise.resolve(vmid === 101) }),
  ).toBe(101);
  expect(await leaseFreeVmid(client, ledger, { ...wish, isOurs: nobodys })).toBe(103);
});

test('a full range is said, with what to do', async () => {
  const { client } = await lab();
  const wish = { holder: debian, purpose: 'build', range: { first: 100, last: 100 }, isOurs: nobodys };
  await expect(leaseFreeVmid(client, ledgerOfRules(), wish)).rejects.toMatchObject({
    code: 'LeaseRefused',
    problem: { remedy: expect.stringContaining('vmid_ranges') as string },
  });
});
