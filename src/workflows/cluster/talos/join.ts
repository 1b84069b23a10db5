import type { PlannedMachine } from '../../../domain/cluster/plan';
import { activities } from '../../shared/calls';
import { machineWords } from '../machine';
import { makingWork } from '../making';
import type { ClusterRun } from '../run';
import { callStep } from '../step';
import { tellOfMember } from '../tell';
import { waitStep } from '../wait';
import { lookAtConsole } from './configure';
import { talosFiles, talosMachineOf, type TalosCast } from './machines';

const { talosChanges: changes, talosWaits: waits } = activities;

/** The step that fetches the kubeconfig. */
export const kubeconfigStep = 'kubeconfig';

/** Fetches what Kubernetes is asked with, from a control plane. Once in an operation. */
export async function fetchKubeconfig(run: ClusterRun, { controlPlanes }: TalosCast): Promise<boolean> {
  const [on, ...orOn] = controlPlanes;
  if (on === undefined) return false;
  const title = `Fetch the kubeconfig from ${on.name}`;
  return callStep(run, { name: kubeconfigStep, title }, (options) =>
    changes.fetchKubeconfig.executeWithOptions(options, [{ files: talosFiles(run), on, orOn }]),
  );
}

/** Waits until a machine is a node of Kubernetes that is ready: then it counts as ready itself. */
export async function becomesNode(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  const words = machineWords(machine);
  const title = `Wait until ${words} is a node that is ready`;
  const work = makingWork(run, machine, { name: 'ready', title });
  const isReady = await waitStep(run, work, {
    lacking: 'it is not ready',
    remedy: lookAtConsole(words),
    call: (options) =>
      waits.awaitKubernetesNode.executeWithOptions(options, [
        {
          files: talosFiles(run),
          machine: talosMachineOf(run, machine),
          withinMs: run.frame.readyWithinMs,
        },
      ]),
  });
  if (isReady) await tellOfMember(run, machine.vmid);
  return isReady;
}

/** Waits until Talos itself finds these machines a healthy cluster. */
export async function becomesHealthy(run: ClusterRun, name: string, cast: TalosCast): Promise<boolean> {
  const [on, ...orOn] = cast.controlPlanes;
  if (on === undefined) return false;
  return waitStep(
    run,
    { name, title: 'Wait until Talos finds the cluster healthy' },
    {
      lacking: 'it is not healthy',
      remedy: 'Look at what Talos misses. retry waits again, skip goes on without it.',
      call: (options) =>
        waits.awaitTalosHealth.executeWithOptions(options, [
          { files: talosFiles(run), on, orOn, ...cast, withinMs: run.frame.readyWithinMs },
        ]),
    },
  );
}
