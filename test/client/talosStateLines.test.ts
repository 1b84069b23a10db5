import { isTalosRight, talosStateLines } from '../../src/client/view/talosStateLines';
import type { TalosState } from '../../src/domain/cluster/status';

const etcd = { known: true, members: 3, votes: 3, running: 3, needed: 2 } as const;
const kubernetes = { known: true, nodes: 4, ready: 4, notReady: [] } as const;

test.each<readonly [TalosState, boolean, readonly string[]]>([
  [
    { etcd, kubernetes, flux: { known: true, ready: 'True', revision: 'main@sha1:4f1' } },
    true,
    [
      'etcd: 3 members; 3 of 3 votes run, 2 are needed: it has its quorum',
      'Kubernetes: 4 of 4 nodes ready',
      'Flux: synchronized at main@sha1:4f1',
    ],
  ],
  [
    {
      etcd: { ...etcd, votes: 2, running: 1 },
      kubernetes: { known: false, because: 'no answer within 5 s' },
    },
    false,
    [
      'etcd: 3 members, 1 without a vote yet; 1 of 2 votes run, 2 are needed: it has NO QUORUM',
      'Kubernetes: not known: no answer within 5 s',
    ],
  ],
  [
    {
      etcd: { known: false, because: 'its secrets were not made here' },
      kubernetes: { ...kubernetes, ready: 3, notReady: ['lab-worker-1'] },
      flux: { known: true, ready: 'False', said: 'path not found' },
    },
    false,
    [
      'etcd: not known: its secrets were not made here',
      'Kubernetes: 3 of 4 nodes ready; NOT READY: lab-worker-1',
      'Flux: NOT READY: path not found',
    ],
  ],
])('what a Talos cluster tells of itself is a line a part', (state, isRight, lines) => {
  expect(talosStateLines(state)).toEqual(lines);
  expect(isTalosRight(state)).toBe(isRight);
});
