import { rm } from 'node:fs/promises';
import { ManagerError } from '../domain/errors';
import type { FileReference, TalosMachine } from '../domain/talos/machine';
import { putInPlace, talosPaths, workPath } from './folder';
import { talosctl, type TalosContext } from './tool';

/** Whom a health check is about. */
export interface HealthQuestion {
  /** The control plane that is asked. */
  readonly on: Pick<TalosMachine, 'address'>;
  readonly controlPlanes: readonly Pick<TalosMachine, 'address'>[];
  readonly workers: readonly Pick<TalosMachine, 'address'>[];
  /** How long Talos waits for it to become so. */
  readonly withinSeconds: number;
}

/** What Talos says of the cluster as a whole. */
export interface ClusterHealth {
  readonly healthy: boolean;
  /** The last lines of the check. */
  readonly said: readonly string[];
}

/** One short health check by Talos itself. Not healthy is an answer. Changes nothing. */
export async function checkHealth(context: TalosContext, question: HealthQuestion): Promise<ClusterHealth> {
  const list = (machines: readonly Pick<TalosMachine, 'address'>[]) =>
    machines.map((it) => it.address).join(',');
  const { controlPlanes, workers, withinSeconds } = question;
  try {
    await talosctl(context, {
      command: ['health'],
      options: [
        ...['--control-plane-nodes', list(controlPlanes)],
        ...(workers.length === 0 ? [] : ['--worker-nodes', list(workers)]),
        ...['--wait-timeout', `${withinSeconds}s`],
      ],
      on: { address: question.on.address, as: 'authenticated' },
      kind: 'read',
      timeoutMs: (withinSeconds + 30) * 1_000,
    });
    return { healthy: true, said: [] };
  } catch (error) {
    if (!(error instanceof ManagerError) || !isAnswer(error)) throw error;
    const { proxmoxSaid, failed } = error.problem;
    return { healthy: false, said: (proxmoxSaid ?? failed).split('\n').slice(-3) };
  }
}

function isAnswer({ code }: ManagerError): boolean {
  return code === 'CommandFailed' || code === 'NodeUnreachable' || code === 'CommandTimedOut';
}

/** Fetches the kubeconfig of the cluster's administrator into the cluster's folder. Repeating it writes it anew. */
export async function fetchKubeconfig(
  context: TalosContext,
  { address }: Pick<TalosMachine, 'address'>,
): Promise<FileReference> {
  const path = workPath(context.folder, 'kubeconfig');
  try {
    await talosctl(context, {
      command: ['kubeconfig'],
      options: [path, '--merge=false', '--force'],
      on: { address, as: 'authenticated' },
      kind: 'read',
    });
    return await putInPlace(path, talosPaths(context.folder).kubeconfig);
  } finally {
    await rm(path, { force: true });
  }
}
