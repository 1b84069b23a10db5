import { planRetirement } from '../../../src/planning/template/retire';
import { copy, planInput } from './given';

const linked = ['local-lvm:base-100-disk-0/vm-500-disk-0'];
const given = planInput({ guests: [copy(100, 'pve01', 1), copy(101, 'pve01', 2)], volumes: linked });

test('a version that has to stay is no reason to say that none is old', () => {
  const plan = planRetirement({ ...given, request: { runbook: 'debian-13', onlyRetire: true, keep: 0 } });
  expect(plan).toMatchObject({
    ...{ todo: 'nothing', retires: [], keeps: [{ vmid: 100, generation: 1 }] },
    because: 'what is older than what is kept has to stay',
  });
});

test('where all are kept that are there, nothing is too old', () => {
  const plan = planRetirement({ ...given, request: { runbook: 'debian-13', onlyRetire: true } });
  expect(plan.because).toBe('no older version is beyond those that are kept');
});
