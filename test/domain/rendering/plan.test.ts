import type { EvacuationPlan, PlannedMove } from '../../../src/domain/evacuationPlan';
import { planMarkdown, webUiLimits } from '../../../src/domain/rendering/planMarkdown';
import { utf8Length } from '../../../src/domain/rendering/text';

const gib = 1024 ** 3;

function move(vmid: number, name = `web-${String(vmid)}`): PlannedMove {
  return {
    vmid,
    name,
    kind: 'qemu',
    source: 'pve01',
    target: 'pve02',
    mode: 'live',
    reservedMemoryBytes: 8 * gib,
    ramBytes: 8 * gib,
    localDisks: [],
    diskBytes: 0,
    estimatedSeconds: 80,
    because: 'lowest peak',
  };
}

function plan(moves: readonly PlannedMove[], stays = 1): EvacuationPlan {
  return {
    operation: 'evacuateNode',
    hash: '0123456789abcdef'.repeat(4),
    cluster: 'lab',
    node: 'pve01',
    madeAt: '2026-11-25T16:00:00.000Z',
    moves,
    stays: Array.from({ length: stays }, (_, index) => ({
      vmid: 900 + index,
      name: 'template',
      kind: 'qemu' as const,
      code: 'template' as const,
      reason: 'it is a template',
      remedy: 'move it by hand',
    })),
    nodes: [
      {
        node: 'pve02',
        online: true,
        memoryTotalBytes: 64 * gib,
        beforeBytes: 16 * gib,
        afterBytes: 32 * gib,
        guestsBefore: 3,
        guestsAfter: 5,
      },
    ],
    totals: { guests: moves.length + stays, ramBytes: 16 * gib, diskBytes: 0, estimatedSeconds: 160 },
    lanes: { kind: 'fixed', lanes: 1 },
    reservations: [],
    roomBytes: {},
    times: { approvalExpiresAfterMs: 1, remindEveryMs: 1, stallAfterMs: 1 },
    warnings: ['TLS is not verified'],
  };
}

const id = 'evacuate-node/lab/pve01';

describe('a plan as Markdown', () => {
  it('shows the short hash, each guest, the memory of the targets and the warnings', () => {
    const text = planMarkdown(plan([move(101), move(102)]), id);
    expect(text).toContain('**Plan 0123456789ab**: empty pve01');
    expect(text).toContain('| 101 web-101 | pve02 | live | 8 GiB | 0 B | 1 min 20 s |');
    expect(text).toContain('| 900 template | it is a template |');
    expect(text).toContain('pve02 25 % -> 50 %');
    expect(text).toContain('**Warning:** TLS is not verified');
    expect(text).not.toContain('more. All of them');
  });

  it('stays within rows and bytes for a thousand guests, and counts what it left out', () => {
    const names = 'ü'.repeat(60);
    const text = planMarkdown(plan(Array.from({ length: 1000 }, (_, index) => move(index, names))), id);
    const rows = text.split('\n').filter((line) => /^\| \d/.test(line)).length;
    expect(utf8Length(text)).toBeLessThanOrEqual(webUiLimits.bytes);
    expect(rows).toBeGreaterThan(5);
    expect(rows).toBeLessThanOrEqual(webUiLimits.rows);
    expect(text).toContain(`... and ${String(1001 - rows)} more. All of them: \`pxm watch ${id}\``);
  });

  it('leaves room for the moves where many guests stay', () => {
    const text = planMarkdown(
      plan(
        Array.from({ length: 30 }, (_, index) => move(index)),
        400,
      ),
      id,
    );
    expect(text).toMatch(/^\| 900 template \| it is/m);
    expect(utf8Length(text)).toBeLessThanOrEqual(webUiLimits.bytes);
  });

  it('does not let a name break out of its cell', () => {
    expect(planMarkdown(plan([move(101, 'a|b\u001b[31m')]), id)).toContain('| 101 a\\|b \\[31m |');
  });
});
