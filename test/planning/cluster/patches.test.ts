import { clusterPlanDifference } from '../../../src/planning/cluster/difference';
import { patchReasons } from '../../../src/planning/cluster/patches';
import { input, planOf, role, talosProfile } from './given';

const all = '/patches/all.yaml';
const gpu = '/patches/gpu.yaml';
const unused = '/patches/of-nobody.yaml';

function planWith(sha256: string) {
  const base = talosProfile();
  const patched = talosProfile({
    roles: base.roles.map((it) => (it.name === 'cp' ? it : role('worker', 2, { patches: [gpu] }))),
    ...(base.talos === undefined ? {} : { talos: { ...base.talos, patches: [all] } }),
    patchFiles: [all, gpu, unused].map((path) => ({ path, sha256 })),
  });
  return planOf(input({ action: 'create' }, { profile: patched }));
}

test('files of patches are approved with their content: another one is another plan, and ends the one that was approved', () => {
  const [before, after] = [planWith('a'.repeat(64)), planWith('b'.repeat(64))];
  expect(before.talos?.patchFiles?.map(({ path }) => path)).toEqual([all, gpu]);
  expect(after.hash).not.toBe(before.hash);
  expect(clusterPlanDifference(before, after).join()).toContain(`${all} (bbbbbbbbbbbb)`);
  expect(patchReasons(before, before.talos?.patchFiles ?? [])).toEqual([]);
  expect(patchReasons(before, [{ path: all, sha256: 'b'.repeat(64) }])).toEqual([
    `The file of patches ${all} has changed.`,
    `The file of patches ${gpu} has changed.`,
  ]);
});
