import { rm } from 'node:fs/promises';
import { Secret } from '../domain/secret';
import type { FileDigest, TalosClusterPlan, TalosMachine, TalosMachinePlan } from '../domain/talos/machine';
import { withApprovedFiles } from './approved';
import { talosPaths, withPrivateFile, workPath, writePrivately } from './folder';
import { networkPatch, withHostname } from './patches';
import { talosctl, type TalosContext } from './tool';

/** What a machine's configuration is made of. */
export interface ConfigurationPlan {
  readonly cluster: TalosClusterPlan;
  readonly machine: TalosMachinePlan;
  /** Files of patches, as they were approved. */
  readonly approved: readonly FileDigest[];
}

/** The whole configuration of a machine. */
interface MachineConfiguration {
  readonly text: Secret;
  /** Values of the profile's patches: what is said of the configuration may repeat them. */
  readonly patchValues: readonly Secret[];
}

/**
 * The whole configuration of a machine, made of the cluster's secrets and the patches. Never written to a history. Throws
 * PlanDrifted where a file of patches is not what was approved.
 */
export async function machineConfig(
  context: TalosContext,
  { cluster, machine, approved }: ConfigurationPlan,
): Promise<MachineConfiguration> {
  const patch = networkPatch(cluster, machine);
  const own = patch === undefined ? undefined : workPath(context.folder, 'network');
  try {
    if (own !== undefined && patch !== undefined) await writePrivately(own, new Secret(patch));
    const named = [...cluster.patches, ...machine.patches];
    return await withApprovedFiles(context.folder, named, approved, async (copies, patchValues) => {
      const made = await talosctl(context, {
        command: ['gen', 'config'],
        options: [
          ...generation(context.folder, cluster, machine),
          ...[...(own === undefined ? [] : [own]), ...copies].flatMap(patchOption),
        ],
        kind: 'read',
        secrets: patchValues,
      });
      return { text: withHostname(made, machine.name), patchValues };
    });
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
  { text, patchValues }: MachineConfiguration,
  as: 'authenticated' | 'insecure',
): Promise<void> {
  await withPrivateFile(context.folder, 'machine', text, (path) =>
    talosctl(context, {
      command: ['apply-config'],
      options: ['-f', path],
      on: { address: machine.address, as },
      kind: 'repeatable',
      timeoutMs: 120_000,
      secrets: patchValues,
    }),
  );
}
