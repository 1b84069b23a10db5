import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ManagerError, problem } from '../../domain/errors';
import type { FileReference, TalosFiles, TalosMachine } from '../../domain/talos/machine';
import { openKubernetes, type Kubernetes } from '../../kubernetes/client';
import { fetchKubeconfig } from '../../talos/cluster';
import { openTalosFolder, talosPaths } from '../../talos/folder';
import { atFirstThatAnswers } from '../../talos/members';
import { requireOurs } from '../../talos/probe';
import { requireSecrets } from '../../talos/secrets';
import type { TalosContext } from '../../talos/tool';
import type { ActivityAttempt } from '../shared/attempt';
import type { TalosClusterName } from './contract';
import type { TalosDependencies } from './dependencies';

/** Where the files of a cluster lie: by our name of the Proxmox cluster, the profile, and the instance. */
export function talosFolderOf(
  { folder, cluster }: Pick<TalosDependencies, 'folder' | 'cluster'>,
  { profile, instance }: TalosClusterName,
): string {
  const parts = [cluster, profile, instance];
  if (parts.every((part) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(part))) return join(folder, ...parts);
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: 'name the folder of a Talos cluster',
      failed: `${parts.join('/')} can not be a part of a path`,
    }),
  );
}

/**
 * The files of a cluster, looked at: the folder is one of ours, and the secrets are those that it was made with. A
 * workflow's input can be written by anybody who may start workflows: it never names a folder elsewhere.
 */
export async function talosContext(
  dependencies: Pick<TalosDependencies, 'folder'>,
  attempt: Pick<ActivityAttempt, 'signal'>,
  files: TalosFiles,
): Promise<TalosContext> {
  if (!files.folder.startsWith(join(dependencies.folder, '/')) || files.folder.split('/').includes('..')) {
    throw new ManagerError(
      problem('NotAsExpected', {
        attempted: `use the Talos files in ${files.folder}`,
        failed: `this worker keeps them below ${dependencies.folder}`,
        remedy:
          'Run a worker on the machine that has them, with the same state folder (PXM_STATE_FOLDER), or copy the folder.',
      }),
    );
  }
  await openTalosFolder(files.folder);
  await requireSecrets(files);
  return { folder: files.folder, signal: attempt.signal };
}

/** The cluster's Kubernetes, by the kubeconfig that was fetched, or is from the first of `controlPlanes` that answers. */
export async function kubernetesOf(
  dependencies: Pick<TalosDependencies, 'folder'>,
  attempt: Pick<ActivityAttempt, 'signal'>,
  files: TalosFiles,
  controlPlanes: readonly TalosMachine[] = [],
): Promise<Kubernetes> {
  const context = await talosContext(dependencies, attempt, files);
  const { kubeconfig } = talosPaths(context.folder);
  if (controlPlanes.length > 0 && !existsSync(kubeconfig)) await kubeconfigFrom(context, controlPlanes);
  return openKubernetes(kubeconfig, context.signal);
}

/** Fetches the kubeconfig from the first of these that answers. */
export function kubeconfigFrom(
  context: TalosContext,
  controlPlanes: readonly TalosMachine[],
): Promise<FileReference> {
  return atFirstThatAnswers(controlPlanes, async (on) => {
    await requireOurs(context, on);
    return fetchKubeconfig(context, on);
  });
}
