import { planRetirement } from '../../../src/planning/template/retire';
import { summaryOf } from '../../../src/workflows/template/summary';
import { copy, planInput } from '../../planning/template/given';

const ending = { name: 'debian-13', copies: [], retired: [], steps: [], isUnseen: false };

test('an older version that stays because of its linked clones is named, with why', () => {
  const plan = planRetirement({
    ...planInput({ guests: [copy(100, 'pve01', 1), copy(101, 'pve01', 2)] }),
    volumes: ['local-lvm:base-100-disk-0/vm-500-disk-0'],
    request: { runbook: 'debian-13', onlyRetire: true, keep: 0 },
  });
  expect(summaryOf({ ...ending, outcome: 'done', plan })).toBe(
    'Nothing to do: what is older than what is kept has to stay. VM 100 debian-13 on pve01 (version 1) is old, but stays: linked clones depend on it: local-lvm:base-100-disk-0/vm-500-disk-0.',
  );
});

test('ended without a plan nothing was done, and no copies are counted', () => {
  expect(summaryOf({ ...ending, outcome: 'cancelled', plan: undefined })).toBe(
    'It was ended before there was a plan: nothing was done.',
  );
});
