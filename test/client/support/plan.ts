import type { EvacuationPlan, PlannedMove } from '../../../src/domain/evacuationPlan';

const gib = 1024 ** 3;

/** A plan that moves the given guests from pve01 to pve02; its hash depends on the guests. */
export function planOf(cluster: string, vmids: readonly number[]): EvacuationPlan {
  return {
    operation: 'evacuateNode',
    hash: vmids
      .map((vmid) => vmid.toString(16).padStart(4, '0'))
      .join('')
      .padEnd(64, 'c')
      .slice(0, 64),
    cluster,
    node: 'pve01',
    madeAt: '2026-11-25T16:00:00.000Z',
    moves: vmids.map(moveOf),
    stays: [
      {
        vmid: 900,
        name: 'base-image',
        kind: 'qemu',
        code: 'template',
        reason: 'it is a template',
        remedy: 'clone it on another node, then delete it here',
      },
    ],
    nodes: [
      { node: 'pve01', ...load(32, 0), guestsBefore: vmids.length + 1, guestsAfter: 1 },
      { node: 'pve02', ...load(16, 48), guestsBefore: 2, guestsAfter: vmids.length + 2 },
    ],
    totals: {
      guests: vmids.length + 1,
      ramBytes: vmids.length * 8 * gib,
      diskBytes: 0,
      estimatedSeconds: vmids.length * 20,
    },
    lanes: { kind: 'fixed', lanes: 1 },
    reservations: [],
    roomBytes: { pve02: 64 * gib },
    times: { approvalExpiresAfterMs: 600_000, remindEveryMs: 600_000, stallAfterMs: 300_000 },
    warnings: ['TLS is not verified: cluster.tls is insecure.'],
  };
}

function load(beforeGib: number, afterGib: number) {
  return {
    online: true,
    memoryTotalBytes: 64 * gib,
    beforeBytes: beforeGib * gib,
    afterBytes: afterGib * gib,
  };
}

function moveOf(vmid: number): PlannedMove {
  return {
    vmid,
    name: `web-${vmid}`,
    kind: 'qemu',
    source: 'pve01',
    target: 'pve02',
    mode: 'live',
    reservedMemoryBytes: 8 * gib,
    ramBytes: 8 * gib,
    localDisks: [],
    diskBytes: 0,
    estimatedSeconds: 20,
    because: 'it has the most room',
  };
}
