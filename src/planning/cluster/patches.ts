import type { ClusterPlan, PlannedMachine } from '../../domain/cluster/plan';
import type { ClusterProfile, TalosSettings } from '../../domain/cluster/profile';
import type { FileDigest } from '../../domain/talos/machine';

/** The files of patches that configurations of these machines are made of, with what is approved of them. */
export function patchesOf(
  { patchFiles = [] }: Pick<ClusterProfile, 'patchFiles'>,
  { patches }: Pick<TalosSettings, 'patches'>,
  machines: readonly PlannedMachine[],
): readonly FileDigest[] {
  if (machines.length === 0) return [];
  const used = new Set([...patches, ...machines.flatMap((machine) => machine.patches ?? [])]);
  return patchFiles.filter(({ path }) => used.has(path));
}

/** Approved files of patches that have another content by now, or are gone, in words; `now`: as the profile has them. */
export function patchReasons(
  { talos }: Pick<ClusterPlan, 'talos'>,
  now: readonly FileDigest[],
): readonly string[] {
  const digests = new Map(now.map(({ path, sha256 }) => [path, sha256]));
  return (talos?.patchFiles ?? [])
    .filter(({ path, sha256 }) => digests.get(path) !== sha256)
    .map(({ path }) => `The file of patches ${path} has changed.`);
}
