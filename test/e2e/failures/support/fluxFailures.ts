import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kustomization } from '../../../../standins/state/types';
import type { TalosClusterStage } from '../../support/talosClusterStage';
import type { NamedFailure } from './named';

const unhealthy = '✗ bootstrap failed with 1 health check failure(s): [timed out waiting for all resources]';
const notReady = 'kustomize build failed: accumulating resources: no such file or directory';
const otherPath = './clusters/other';

/**
 * Each failure of flux, ordered for the cluster that is made next; its files will lie in `folder`. What was pushed and does
 * not work is judged by its Kustomization.
 */
export function fluxFailures(
  { tools, lab }: Pick<TalosClusterStage, 'tools' | 'lab'>,
  folder: string,
): readonly NamedFailure[] {
  const fluxSystem = (more: Partial<Kustomization>): Kustomization => ({
    ...{ namespace: 'flux-system', name: 'flux-system', path: './clusters/lab', branch: 'main' },
    ...{ url: 'ssh://git@git.example/fleet.git', revision: 'main@sha1:0', readyAt: 0, ...more },
  });
  const setKustomization = (...now: readonly Kustomization[]) =>
    tools.change(({ clusters }) => {
      for (const cluster of clusters) cluster.kustomizations = [...now];
    });
  const betray = (file: string) =>
    tools.order({ program: 'flux', command: 'bootstrap git', then: { kind: 'betray', file } });
  const keyFile = join(lab.folder, 'fleet_key');
  const kubeconfig = join(folder, 'kubeconfig');
  const secrets = join(folder, 'secrets.yaml');
  tools.order({
    ...{ program: 'flux', command: 'version' },
    then: { kind: 'fail', stderr: '✗ unknown flag: --client' },
  });
  betray(keyFile);
  betray(kubeconfig);
  return [
    {
      reference: 'exit 0/1',
      ...{ stepId: 'tools', words: '✗ unknown flag: --client' },
      problem: { code: 'CommandFailed', saidBy: 'flux' },
    },
    {
      reference: '--private-key-file K',
      ...{ stepId: 'flux', words: `failed to read "${keyFile}"`, hidesSecrets: true },
      problem: { code: 'CommandFailed', attempted: 'run flux bootstrap git' },
    },
    {
      reference: '--kubeconfig F',
      ...{ stepId: 'flux', words: `failed to read "${kubeconfig}"`, hidesSecrets: true },
      problem: { code: 'CommandFailed' },
      withdraw: () => setKustomization(fluxSystem({ path: otherPath })),
    },
    {
      reference: 'sync path configuration ("a") would overwrite path ("b")',
      stepId: 'flux',
      words: `sync path configuration ("./clusters/lab") would overwrite path ("${otherPath}")`,
      problem: { code: 'InputInvalid', failed: 'this cluster is synchronized from another path already' },
      withdraw: () => {
        setKustomization();
        tools.change((state) => state.acceptedKeys.push('of somebody else'));
      },
    },
    {
      reference: 'deploy keys (the repository knows another one)',
      ...{ stepId: 'flux', words: 'ssh: unable to authenticate' },
      problem: { code: 'CommandFailed', failed: 'the Git server refuses the key' },
      withdraw: () => {
        tools.change((state) => state.acceptedKeys.splice(0));
        const [, secret = ''] = /^ +secret: (\S+)$/m.exec(readFileSync(secrets, 'utf8')) ?? [];
        setKustomization(fluxSystem({ failure: `${notReady} (it holds ${secret})` }));
        tools.order({
          ...{ program: 'flux', command: 'bootstrap git', moment: 'after' },
          then: { kind: 'fail', stderr: unhealthy },
        });
      },
    },
    {
      reference: 'health check failures after pushing; judge by the Ready condition of the Kustomization',
      ...{ stepId: 'synchronized', words: notReady, hidesSecrets: true },
      problem: {
        ...{ code: 'NotAsExpected', saidBy: 'flux' },
        proxmoxSaid: expect.stringContaining(unhealthy) as string,
      },
      withdraw: () => setKustomization(fluxSystem({})),
    },
  ];
}
