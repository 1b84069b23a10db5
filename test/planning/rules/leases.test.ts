import type { CloneSlotRequest, StorageReservation } from '../../../src/domain/buildLease';
import type { LeaseHolder, LedgerView } from '../../../src/domain/lease';
import {
  cloneSlotsPerStorage,
  giveCloneSlotBack,
  sharedLinkedClones,
  takeCloneSlot,
} from '../../../src/planning/rules/cloneSlots';
import {
  completeLedger,
  emptyLedger,
  holdersIn,
  leaseNode,
  release,
} from '../../../src/planning/rules/ledger';
import { reserveStorage, settleStorage } from '../../../src/planning/rules/storageLeases';
import { leaseVmid, quarantineMs, quarantineVmid } from '../../../src/planning/rules/vmidLeases';

const now = '2026-11-25T12:00:00.000Z';
const debian = holderOf('create-template/lab/debian-13');
const rocky = holderOf('create-template/lab/rocky-9');

function holderOf(workflowId: string): LeaseHolder {
  return { workflowId, firstExecutionRunId: `${workflowId}-1` };
}

/** Leases VMIDs one after the other and gives the last answer. */
function leasing(
  view: LedgerView,
  holder: LeaseHolder,
  purpose: string,
  candidates: number[],
  taken?: number[],
) {
  return leaseVmid(view, { holder, purpose, candidates, ...(taken && { taken }) }, now);
}

describe('VMIDs', () => {
  test('are leased to one holder: another one gets the next candidate', () => {
    const first = leasing(emptyLedger(), debian, 'build', [100, 101]);
    expect(first.answer).toEqual({ granted: true, vmid: 100 });
    expect(leasing(first.view, rocky, 'build', [100, 101]).answer).toEqual({ granted: true, vmid: 101 });
  });

  test('stay the same for a holder that asks again for the same purpose, whatever the candidates are', () => {
    const { view } = leasing(emptyLedger(), debian, 'build', [100]);
    expect(leasing(view, debian, 'build', [105])).toEqual({ view, answer: { granted: true, vmid: 100 } });
    expect(leasing(view, debian, 'boot test', [100, 101]).answer).toEqual({ granted: true, vmid: 101 });
  });

  test('that somebody outside took are given up and replaced', () => {
    const { view } = leasing(emptyLedger(), debian, 'build', [100]);
    const again = leasing(view, debian, 'build', [100, 101], [100]);
    expect(again.answer).toEqual({ granted: true, vmid: 101 });
    expect(again.view.vmids.map(({ vmid }) => vmid)).toEqual([101]);
  });

  test('are refused with who holds them', () => {
    const { view } = leasing(emptyLedger(), debian, 'build', [100]);
    const { answer } = leasing(view, rocky, 'build', [100]);
    expect(answer).toEqual({
      granted: false,
      conflicts: [{ text: `VMID 100 is leased to ${debian.workflowId} (build)`, heldBy: debian }],
    });
  });

  test('of deleted guests are given to nobody for hours, not even to who deleted them, and free after that', () => {
    const { view } = leasing(emptyLedger(), debian, 'boot test', [100]);
    const deleted = quarantineVmid(view, { holder: debian, vmid: 100 }, now).view;
    expect(deleted.vmids).toEqual([]);
    expect(leasing(release(deleted, debian), debian, 'boot test', [100]).answer.granted).toBe(false);
    const later = new Date(Date.parse(now) + quarantineMs).toISOString();
    const freed = leaseVmid(deleted, { holder: rocky, purpose: 'build', candidates: [100] }, later);
    expect(freed.answer).toEqual({ granted: true, vmid: 100 });
  });
});

describe('room on storages', () => {
  const image: StorageReservation = {
    purpose: 'image',
    node: 'pve01',
    storage: 'local',
    shared: false,
    bytes: 6,
  };
  const reserving = (view: LedgerView, holder: LeaseHolder, it: StorageReservation, room: object) =>
    reserveStorage(view, { holder, reservations: [it], roomBytes: { ...room } }, now);

  test('is never promised twice: reservations of a place add up, other nodes have their own', () => {
    const { view } = reserving(emptyLedger(), debian, image, { 'local@pve01': 10 });
    expect(reserving(view, rocky, image, { 'local@pve01': 10 }).answer).toMatchObject({
      granted: false,
      conflicts: [
        {
          text: `local@pve01 has no room: 6 B needed, 10 B free, of which ${debian.workflowId} has 6 B reserved (image)`,
          heldBy: debian,
        },
      ],
    });
    const elsewhere = { ...image, node: 'pve02' };
    expect(reserving(view, rocky, elsewhere, { 'local@pve02': 10 }).answer.granted).toBe(true);
  });

  test('of a shared storage is one for all nodes', () => {
    const shared = { ...image, storage: 'nfs', shared: true };
    const { view } = reserving(emptyLedger(), debian, shared, { nfs: 10 });
    expect(reserving(view, rocky, { ...shared, node: 'pve02' }, { nfs: 10 }).answer.granted).toBe(false);
    expect(reserving(view, rocky, { ...shared, node: 'pve02' }, { nfs: 12 }).answer.granted).toBe(true);
  });

  test('that is too small is refused even if nobody else is there', () => {
    const { answer, view } = reserving(emptyLedger(), debian, image, { 'local@pve01': 5 });
    const noRoom = { text: 'local@pve01 has no room: 6 B needed, 5 B free', heldBy: debian };
    expect(answer).toEqual({ granted: false, conflicts: [noRoom] });
    expect(view).toEqual(emptyLedger());
  });

  test("that is too small without anybody is nobody else's: waiting for them would not help", () => {
    const { view } = reserving(emptyLedger(), rocky, image, { 'local@pve01': 10 });
    const { answer } = reserving(view, debian, image, { 'local@pve01': 5 });
    expect(answer).toMatchObject({ conflicts: [{ heldBy: debian }] });
  });

  test('is replaced by asking again, and given back by its purpose', () => {
    const { view } = reserving(emptyLedger(), debian, image, { 'local@pve01': 10 });
    const again = reserving(view, debian, { ...image, bytes: 9 }, { 'local@pve01': 10 }).view;
    expect(again.storage).toMatchObject([{ bytes: 9 }]);
    expect(settleStorage(again, { holder: rocky, purpose: 'image' }).storage).toHaveLength(1);
    expect(settleStorage(again, { holder: debian, purpose: 'image' }).storage).toEqual([]);
  });

  test('keeps its node from being emptied, and a node that is being emptied gives no room', () => {
    const { view } = reserving(emptyLedger(), debian, image, { 'local@pve01': 10 });
    expect(leaseNode(view, { holder: rocky, node: 'pve01' }, now).answer).toMatchObject({
      conflicts: [{ text: `${debian.workflowId} writes to local on pve01`, heldBy: debian }],
    });
    const emptied = leaseNode(emptyLedger(), { holder: rocky, node: 'pve01' }, now).view;
    expect(reserving(emptied, debian, image, { 'local@pve01': 10 }).answer.granted).toBe(false);
  });
});

describe('clone slots', () => {
  const later = (byMs: number) => new Date(Date.parse(now) + byMs).toISOString();
  const slot = (purpose: string, kind: 'full' | 'linked' = 'full') => ({
    holder: debian,
    purpose,
    node: 'pve01',
    storage: 'nfs',
    kind,
  });

  test('are few for a storage of a node, each kind by itself, and come back', () => {
    let view = emptyLedger();
    for (let count = 0; count < cloneSlotsPerStorage.full; count += 1) {
      view = takeCloneSlot(view, slot(`clone ${count}`), now).view;
    }
    expect(takeCloneSlot(view, slot('one too many'), now).answer.granted).toBe(false);
    expect(takeCloneSlot(view, slot('clone 0'), now)).toEqual({ view, answer: { granted: true } });
    expect(takeCloneSlot(view, slot('linked', 'linked'), now).answer.granted).toBe(true);
    expect(takeCloneSlot(view, { ...slot('elsewhere'), node: 'pve02' }, now).answer.granted).toBe(true);
    const after = giveCloneSlotBack(view, { holder: debian, purpose: 'clone 0' });
    expect(takeCloneSlot(after, slot('one too many'), now).answer.granted).toBe(true);
  });

  test('of linked clones on a shared storage are for all nodes together, one moment after the other', () => {
    const { slots, leadMs, spareMs, lockedMsPerVolume } = sharedLinkedClones;
    const shared = (purpose: string, more: Partial<CloneSlotRequest> = {}) => ({
      ...slot(purpose, 'linked'),
      ...{ shared: true, volumes: 2 },
      ...more,
    });
    const apartMs = 2 * lockedMsPerVolume + spareMs;
    let view = takeCloneSlot(emptyLedger(), slot('of a node', 'linked'), now).view;
    for (let count = 0; count < slots; count += 1) {
      const node = count % 2 === 0 ? 'pve01' : 'pve02';
      const taken = takeCloneSlot(view, shared(`clone ${count}`, { node }), now);
      const inMs = leadMs + count * apartMs;
      expect(taken.answer).toEqual({ granted: true, turn: { at: later(inMs), inMs } });
      view = taken.view;
    }
    expect(takeCloneSlot(view, shared('one too many', { node: 'pve03' }), now).answer.granted).toBe(false);
    // Asked for again it keeps its moment; one that comes after the last moment waits for the least.
    expect(takeCloneSlot(view, shared('clone 2'), later(apartMs)).answer).toEqual({
      granted: true,
      turn: { at: later(leadMs + 2 * apartMs), inMs: leadMs + apartMs },
    });
    const after = giveCloneSlotBack(view, { holder: debian, purpose: 'clone 0' });
    const last = leadMs + slots * apartMs;
    expect(takeCloneSlot(after, shared('next'), later(last)).answer).toMatchObject({
      granted: true,
      turn: { inMs: leadMs },
    });
    // They are not in the way of those that don't know of a shared storage.
    expect(takeCloneSlot(view, slot('another of the node', 'linked'), now).answer).toEqual({ granted: true });
  });

  test('of linked clones on a shared storage are the farther apart the more volumes are made', () => {
    const { leadMs, spareMs, lockedMsPerVolume, usualVolumes } = sharedLinkedClones;
    const answers = [];
    let view = emptyLedger();
    for (const [purpose, volumes] of [
      ['a', 1],
      ['b', 5],
      ['c', undefined],
      ['d', 1],
    ] as const) {
      const more = { shared: true, ...(volumes === undefined ? {} : { volumes }) };
      const taken = takeCloneSlot(view, { ...slot(purpose, 'linked'), ...more }, now);
      answers.push(taken.answer.granted ? taken.answer.turn?.inMs : undefined);
      view = taken.view;
    }
    const apart = (volumes: number) => volumes * lockedMsPerVolume + spareMs;
    const afterB = leadMs + apart(1) + apart(5);
    expect(answers).toEqual([leadMs, leadMs + apart(1), afterB, afterB + apart(usualVolumes)]);
  });

  test('of linked clones on a shared storage are fewer while one waits for its lock', () => {
    const { slotsWhileSlow, slowAfterMs, slowUntilMs } = sharedLinkedClones;
    const shared = (purpose: string) => ({ ...slot(purpose, 'linked'), shared: true });
    let view = emptyLedger();
    for (let count = 0; count < slotsWhileSlow; count += 1) {
      view = takeCloneSlot(view, shared(`clone ${count}`), now).view;
    }
    const [first] = view.cloneSlots;
    const sentAfterMs = Date.parse(first?.sendAt ?? '') - Date.parse(now);
    const grantedAt = (byMs: number) =>
      takeCloneSlot(view, shared('next'), later(sentAfterMs + byMs)).answer.granted;
    expect([slowAfterMs, slowAfterMs + 1, slowUntilMs - 1, 2 * slowUntilMs].map(grantedAt)).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
});

test('what an older version carried is a ledger without the newer leases', () => {
  const nodes = [{ holder: debian, node: 'pve01', since: now }];
  expect(completeLedger({ nodes, memory: [] })).toEqual({ ...emptyLedger(), nodes });
});

test('a holder of any lease is known as one, and gives everything back at once', () => {
  let view = leasing(emptyLedger(), debian, 'build', [100]).view;
  view = takeCloneSlot(
    view,
    { holder: debian, purpose: 'a', node: 'n', storage: 's', kind: 'full' },
    now,
  ).view;
  expect(holdersIn(view)).toEqual([debian]);
  expect(release(view, debian)).toEqual(emptyLedger());
});
