import type { LedgerClient } from '../../src/activities/ledger/client';
import { sharedLinkedClones } from '../../src/planning/rules/cloneSlots';

/** One path through the ledger, as its clients ask it. */
interface LedgerPath {
  readonly name: string;
  readonly play: (ledger: LedgerClient) => Promise<void>;
}

/** Two operations on the same kind of thing. Both have ended, so what the one has leased is freed for the other. */
function endedHolders(one: string, other: string) {
  return {
    holder: { workflowId: one, firstExecutionRunId: 'ended' },
    other: { workflowId: other, firstExecutionRunId: 'ended too' },
  };
}

/** The paths of the ledger whose histories are replayed, beside the one that an evacuation takes. */
export const ledgerPaths: readonly LedgerPath[] = [
  {
    // What builders lease.
    name: 'builders',
    async play(ledger) {
      const { holder, other } = endedHolders('create-template/lab/debian-13', 'create-template/lab/rocky-9');
      const place = { node: 'pve01', storage: 'nfs' };
      await ledger.leaseVmid({ holder, purpose: 'copy on pve01', candidates: [100] });
      await ledger.leaseVmid({ holder: other, purpose: 'copy on pve01', candidates: [100] });
      const reservations = [{ ...place, purpose: 'disk/pve01', shared: true, bytes: 5 }];
      await ledger.reserveStorage({ holder, reservations, roomBytes: { nfs: 10 } });
      for (const purpose of ['1', '2', '3']) {
        await ledger.takeCloneSlot({ ...place, holder, purpose, kind: 'full' });
      }
      await ledger.giveCloneSlotBack(holder, '1');
      await ledger.settleStorage(holder, 'disk/pve01');
      await ledger.quarantineVmid(other, 100);
      await ledger.release(other);
    },
  },
  {
    // Linked clones on shared storage, each with its moment; those of an operation that has ended make room.
    name: 'sharedClones',
    async play(ledger) {
      const { holder, other } = endedHolders('change-cluster/lab/plain', 'change-cluster/lab/talos');
      const wish = { node: 'pve01', storage: 'nfs', kind: 'linked', shared: true, volumes: 2 } as const;
      const purposes = Array.from({ length: sharedLinkedClones.slots }, (_, index) => `clone ${index}`);
      for (const purpose of purposes) await ledger.takeCloneSlot({ ...wish, holder, purpose });
      await ledger.takeCloneSlot({ ...wish, holder, purpose: 'clone 0' });
      await ledger.takeCloneSlot({ ...wish, holder: other, purpose: 'clone of another' });
      await ledger.giveCloneSlotBack(other, 'clone of another');
    },
  },
  {
    // What clusters lease beside that.
    name: 'addresses',
    async play(ledger) {
      const { holder, other } = endedHolders('change-cluster/lab/plain', 'change-cluster/lab/talos');
      const address = '10.5.0.11';
      await ledger.leaseAddresses({ holder, addresses: [{ address, vmid: 100 }] });
      await ledger.leaseAddresses({ holder: other, addresses: [{ address, vmid: 101 }] });
      await ledger.release(other);
    },
  },
];
