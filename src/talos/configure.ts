import { rm } from 'node:fs/promises';
import { Secret } from '../domain/secret';
import type { TalosClusterPlan, TalosMachine, TalosMachinePlan } from '../domain/talos/machine';
import { talosPaths, withPrivateFile, workPath, writePrivately } from './folder';
import { networkPatch, withHostname } from './patches';
import { talosctl, type TalosContext } from './tool';

/** The whole configuration of a machine, made of the cluster's secrets and the patches. Never written to a history. */
export async function machineConfig(
  context: TalosContext,
  cluster: TalosClusterPlan,
  machine: TalosMachinePlan,
): Promise<Secret> {
  const patch = networkPatch(cluster, machine);
  const own = patch === undefined ? undefined : workPath(context.folder, 'network');
  try {
    if (own !== undefined && patch !== undefined) await writePrivately(own, new Secret(patch));
    const files = [...(own === undefined ? [] : [own]), ...cluster.patches, ...machine.patches];
    const made = await talosctl(context, {
      command: ['gen', 'config'],
      options: [...generation(context.folder, cluster, machine), ...files.flatMap(patchOption)],
      kind: 'read',
    });
    return withHostname(made, machine.name);
  } finally {
    if (own !== undefined) await rm(own, { force: true });
  }
}

const patchOption = (file: string) => ['--config-patch', `@${file}`];

function generation(folder: string, cluster: TalosClusterPlan, machine: TalosMachinePlan): readonly string[] {
  const { name, endpoint, version, kubernetesVersion } = cluster;
  const image = cluster.installerImage ?? `ghcr.io/siderolabs/installer:${version}`;
  return [
    ...[name, `https://${endpoint}:6443`, '--with-secrets', talosPaths(folder).secrets],
    ...['--talos-version', version, '--kubernetes-version', kubernetesVersion, '--install-image', image],
    ...['--with-docs=false', '--with-examples=false'],
    ...['-t', machine.kind === 'controlPlane' ? 'controlplane' : 'worker', '-o', '-'],
  ];
}

/**
 * Gives a machine its configuration. The same again changes nothing. It is on disk only while talosctl reads it, in the
 * cluster's own folder.
 */
export async function applyConfig(
  context: TalosContext,
  machine: TalosMachine,
  configuration: Secret,
  as: 'authenticated' | 'insecure',
): Promise<void> {
  await withPrivateFile(context.folder, 'machine', configuration, (path) =>
    talosctl(context, {
      command: ['apply-config'],
      options: ['-f', path],
      on: { address: machine.address, as },
      kind: 'repeatable',
      timeoutMs: 120_000,
    }),
  );
}
