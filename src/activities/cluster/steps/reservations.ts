import type { ClusterFrame, PlannedMachine } from '../../../domain/cluster/plan';
import type { MachineStepArguments } from '../../../domain/cluster/step';
import type { LedgerClient } from '../../ledger/client';

type Frame = Pick<ClusterFrame, 'storageReservations'>;

/** What room is kept free for: the machine's disks, a clone on its way, further disks. */
const kinds = ['disk', 'way', 'more'] as const;

/** The storage that a machine is cloned to: the plan's, else that of its template, as the reservations name it. */
export function cloneStorageOf(
  frame: Frame,
  machine: PlannedMachine,
): { readonly storage: string | undefined; readonly shared: boolean } {
  const reserved = reservationsFor(frame, machine.name, ['disk', 'way']);
  const storage = machine.storage ?? reserved[0]?.storage;
  return { storage, shared: reserved.some((it) => it.shared && it.storage === storage) };
}

/** Gives back what was kept free for a machine that runs: node and storages show it in their own figures now. */
export async function settleMachine(
  ledger: Pick<LedgerClient, 'settle' | 'settleStorage'>,
  { holder, frame, machine }: Pick<MachineStepArguments, 'holder' | 'frame' | 'machine'>,
): Promise<void> {
  await ledger.settle(holder, machine.vmid);
  for (const { purpose } of reservationsFor(frame, machine.name, kinds)) {
    await ledger.settleStorage(holder, purpose);
  }
}

/** Purposes are `disk/<machine>`, with the storage behind it where there are several. */
function reservationsFor({ storageReservations }: Frame, machine: string, of: readonly string[]) {
  const stems = of.map((kind) => `${kind}/${machine}`);
  return storageReservations.filter(({ purpose }) =>
    stems.some((stem) => purpose === stem || purpose.startsWith(`${stem}/`)),
  );
}
