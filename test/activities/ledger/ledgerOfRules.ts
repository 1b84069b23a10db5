import type { LedgerClient } from '../../../src/activities/ledger/client';
import type { LedgerView } from '../../../src/domain/lease';
import { leaseAddresses } from '../../../src/planning/rules/addressLeases';
import { emptyLedger, reserve, settle, type LedgerChange } from '../../../src/planning/rules/ledger';
import { reserveStorage, settleStorage } from '../../../src/planning/rules/storageLeases';
import { leaseVmid, quarantineVmid } from '../../../src/planning/rules/vmidLeases';

/** What clusters ask of the ledger. */
type RuledLedger = Omit<LedgerClient, 'leaseNode' | 'release'>;

/** The ledger's own rules, without a workflow around them, and the clone slots that were taken and given back. */
export function ledgerOfRules(): {
  readonly ledger: RuledLedger;
  readonly view: () => LedgerView;
  readonly slots: readonly string[];
} {
  let state = emptyLedger();
  const slots: string[] = [];
  const now = () => new Date().toISOString();
  function apply<Answer extends { readonly granted: boolean }>(change: LedgerChange<Answer>) {
    if (change.answer.granted) state = change.view;
    return Promise.resolve(change.answer);
  }
  function replace(view: LedgerView) {
    state = view;
    return Promise.resolve();
  }
  const ledger: RuledLedger = {
    view: () => Promise.resolve(state),
    leaseVmid: (request) => apply(leaseVmid(state, request, now())),
    reserve: (request) => apply(reserve(state, request, now())),
    settle: (holder, vmid) => replace(settle(state, holder, vmid)),
    reserveStorage: (request) => apply(reserveStorage(state, request, now())),
    settleStorage: (holder, purpose) => replace(settleStorage(state, { holder, purpose })),
    async quarantineVmid(holder, vmid) {
      await apply(quarantineVmid(state, { holder, vmid }, now()));
    },
    leaseAddresses: (request) => apply(leaseAddresses(state, request, now())),
    takeCloneSlot({ purpose, kind, node, storage, shared, volumes }) {
      const lock = shared === true ? `, shared, ${volumes ?? 'some'} volumes` : '';
      slots.push(`${kind} ${purpose} on ${storage}@${node}${lock}`);
      return Promise.resolve({ granted: true });
    },
    giveCloneSlotBack: (_holder, purpose) => Promise.resolve(void slots.push(`back ${purpose}`)),
  };
  return { ledger, view: () => state, slots };
}
