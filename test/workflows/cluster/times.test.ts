import type { MachineOutcome } from '../../../src/domain/cluster/report';
import { timesAfter } from '../../../src/workflows/cluster/times';
import { input, planOf, profile, workers } from '../../planning/cluster/given';

const hour = 3_600_000;
const endedAt = '2026-11-27T09:00:00.000Z';
const limited = profile({ timeToLiveMs: 8 * hour });
const made = { machines: [], members: workers };
const aside = {
  machines: workers.map(({ name, vmid, node }): MachineOutcome => ({ name, vmid, node, outcome: 'aside' })),
  members: workers,
};

describe('the times of a cluster after a change', () => {
  // The plan is of 2026-11-26T12:00: its approval came long after the time would have been over.
  const created = planOf(input({ action: 'create' }, { profile: limited }));

  it('count the time to live from the end of what has made it, however long the approval took', () => {
    expect(timesAfter(created, made, endedAt)).toEqual({ endsAt: '2026-11-27T17:00:00.000Z' });
    expect(timesAfter(created, { machines: [], members: [] }, endedAt)).toEqual({});
  });

  it('keep the end that the cluster has, and have none of a plan that nobody approved', () => {
    const recorded = { endsAt: '2026-11-27T10:00:00.000Z' };
    const given = { profile: limited, members: workers, recorded };
    const scaled = planOf(input({ action: 'scale', counts: { worker: 4 } }, given));
    expect(timesAfter(scaled, made, endedAt)).toEqual(recorded);
    expect(timesAfter(undefined, made, endedAt)).toEqual({});
  });

  it('say until when what is set aside can be brought back', () => {
    const destroyed = planOf(input({ action: 'destroy', graceMs: 2 * hour }, { members: workers }));
    expect(timesAfter(destroyed, aside, endedAt)).toEqual({ asideUntil: '2026-11-27T11:00:00.000Z' });
    expect(timesAfter(destroyed, made, endedAt)).toEqual({});
  });
});
