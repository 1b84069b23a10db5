import { randomBytes } from 'node:crypto';
import { packReading, unpackReading } from '../../../src/activities/reading/pack';
import type { GuestList, GuestSummary } from '../../../src/domain/clusterReading';

function listOf(count: number, name: () => string): GuestList {
  const guests = Array.from({ length: count }, (_, index): GuestSummary => {
    const vmid = 1000 + index;
    return { vmid, name: name(), kind: 'qemu', node: 'pve01', status: 'running', tags: ['web'] };
  });
  return { cluster: 'lab', takenAt: '2026-11-25T16:00:00.000Z', unanswered: [], warnings: [], guests };
}

describe('a reading on its way through a history', () => {
  it('stays readable where it is small', async () => {
    const list = listOf(10, () => 'web');
    expect(await packReading(list)).toEqual({ encoding: 'plain', reading: list });
  });

  it('is compressed where it is large, and comes out as it was', async () => {
    const list = listOf(20_000, () => `web-${randomBytes(8).toString('hex')}`);
    const packed = await packReading(list);
    expect(packed.encoding).toBe('gzip');
    expect(JSON.stringify(packed).length).toBeLessThan(2_000_000);
    expect(await unpackReading(packed)).toEqual(list);
  });

  it('is refused, with what to do, where it would not fit even so', async () => {
    const list = listOf(3_000, () => randomBytes(600).toString('hex'));
    await expect(packReading(list)).rejects.toMatchObject({
      code: 'InputInvalid',
      problem: { remedy: expect.stringContaining('--node') as string },
    });
  });
});
