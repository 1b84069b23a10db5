import { createHash } from 'node:crypto';
import type { ClusterProfile } from '../../domain/cluster/profile';
import type { FileDigest } from '../../domain/talos/machine';
import { readPlainFile } from '../readPlainFile';

/**
 * The digests of all files of patches that a profile names, each once, by their paths. A file that has gone since it was
 * checked is not among them: whoever needs it finds that out.
 */
export function patchDigests({
  talos,
  roles,
}: Pick<ClusterProfile, 'talos' | 'roles'>): readonly FileDigest[] {
  const named = [
    ...(talos?.patches ?? []),
    ...roles.flatMap((role) => [
      ...role.patches,
      ...Object.values(role.machines).flatMap(({ patches }) => patches),
    ]),
  ];
  return [...new Set(named)].sort().flatMap((path) => {
    const read = readPlainFile(path);
    if ('refused' in read) return [];
    return [{ path, sha256: createHash('sha256').update(read.bytes).digest('hex') }];
  });
}
