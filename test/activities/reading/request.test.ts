import { parseReadRequest } from '../../../src/activities/reading/request';
import type { ClusterRecord } from '../../../src/domain/cluster/member';

test('a reading of a cluster is asked for with all that its record may have', () => {
  const record: ClusterRecord = {
    ...{ profile: 'lab', instance: 'instance-1', endsAt: '2026-12-01T00:00:00.000Z' },
    asideUntil: '2026-12-02T00:00:00.000Z',
    members: [
      {
        ...{ name: 'lab-cp-1', role: 'cp', ordinal: 1, vmid: 1001, node: 'pve01', uuid: 'u-1', run: 'run-1' },
        ...{ address: '192.0.2.7', generation: 1, state: 'aside', neverReady: true },
      },
    ],
    talos: {
      ...{ folder: '/state/lab', secretsSha256: 'c'.repeat(64), bootstrapOn: 1001, bootstrapped: true },
      ...{ controlPlaneRole: 'cp', filledFrom: 'ssh://git@git.example/fleet.git#main:clusters/lab' },
    },
  };
  const asked = { view: 'machines', question: { profile: 'lab', record } };
  expect(parseReadRequest(asked)).toEqual(asked);
  const unknown = { ...asked, question: { ...asked.question, record: { ...record, owner: 'ada' } } };
  expect(() => parseReadRequest(unknown)).toThrow('owner');
});
