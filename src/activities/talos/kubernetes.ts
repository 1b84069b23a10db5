import type { ReadyReport } from '../../domain/cluster/step';
import { ManagerError, problem } from '../../domain/errors';
import { Secret } from '../../domain/secret';
import { drainNode } from '../../kubernetes/drain';
import { lookAtKustomization } from '../../kubernetes/flux';
import { changeOwnNode, deleteNode, findNode, uncordon, type NodeSeen } from '../../kubernetes/nodes';
import { bootstrapFlux, type FluxBootstrapped } from '../../talos/flux';
import { secretsIn, shownWords } from '../../talos/words';
import type { ActivityAttempt } from '../shared/attempt';
import { kubernetesOf, talosContext } from './context';
import type {
  AwaitNodeArguments,
  DeleteNodeArguments,
  DrainArguments,
  DrainReport,
  FluxArguments,
  KubernetesQuestion,
  MemberIdentity,
} from './contract';
import type { TalosDependencies } from './dependencies';
import { untilReady } from './waiting';

const shownPods = 20;

const nothingEvicted: DrainReport = { wasNode: false, evicted: 0, withLocalData: [], withoutOwner: [] };

/** See TalosActivities.awaitKubernetesNode. */
export async function awaitNode(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  { files, machine, withinMs }: AwaitNodeArguments,
): Promise<ReadyReport> {
  const kubernetes = await kubernetesOf(dependencies, attempt, files);
  return untilReady(attempt, { withinMs, everyMs: dependencies.everyMs }, () =>
    orUnreachable(async () => {
      const { own, namesake } = await findNode(kubernetes, machine);
      if (own === undefined) return { ready: false, seen: [notYet(namesake)] };
      const told = own.ready ? `the node ${own.name} is ready` : (own.because ?? 'its node is not ready');
      return { ready: own.ready, seen: [told] };
    }),
  );
}

function notYet(namesake: NodeSeen | undefined): string {
  if (namesake === undefined) return 'it is no node of Kubernetes yet';
  return `the node ${namesake.name} is another machine still (its uuid is ${namesake.uuid})`;
}

/** An API server that does not answer yet is a reason to wait. */
async function orUnreachable(look: () => Promise<ReadyReport>): Promise<ReadyReport> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof ManagerError) || error.code !== 'NodeUnreachable') throw error;
    return { ready: false, seen: [error.problem.failed] };
  }
}

/** See TalosActivities.drainKubernetesNode. */
export async function drainMachine(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  { files, machine, withinMs, controlPlanes, identity }: DrainArguments,
): Promise<DrainReport> {
  // Pods of what is off never end, and nobody waits for them where it was off from the beginning either.
  const isOff = identity !== undefined && (await dependencies.powerOf(attempt, identity)) !== 'running';
  if (isOff) return nothingEvicted;
  const kubernetes = await kubernetesOf(dependencies, attempt, files, controlPlanes);
  const drained = await drainNode(kubernetes, machine, {
    timeoutMs: withinMs,
    everyMs: dependencies.everyMs,
    signal: attempt.signal,
    beforeCall: () => attempt.requireAlive(),
    tell: (left) => attempt.tell({ left: left.length, first: left.slice(0, shownPods) }),
  });
  if (drained === undefined) return nothingEvicted;
  return {
    wasNode: true,
    evicted: drained.evicted.length,
    withLocalData: drained.withLocalData.slice(0, shownPods),
    withoutOwner: drained.withoutOwner.slice(0, shownPods),
  };
}

/** See TalosActivities.uncordonKubernetesNode. */
export async function uncordonMachine(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  { files, machine, controlPlanes }: KubernetesQuestion,
): Promise<void> {
  const kubernetes = await kubernetesOf(dependencies, attempt, files, controlPlanes);
  await changeOwnNode(kubernetes, machine, (own) => {
    attempt.requireAlive();
    return uncordon(kubernetes, own);
  });
}

/** See TalosActivities.deleteKubernetesNode. */
export async function deleteMachineNode(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  { files, machine, controlPlanes, identity }: DeleteNodeArguments,
): Promise<void> {
  const kubernetes = await kubernetesOf(dependencies, attempt, files, controlPlanes);
  await changeOwnNode(kubernetes, machine, async (own) => {
    // Asked after the node was looked at: what starts from then on makes another version of it.
    if (identity !== undefined) await requireOff(dependencies, attempt, identity);
    attempt.requireAlive();
    await deleteNode(kubernetes, own);
  });
}

/** What runs is a node that works: it would lose its pods undrained, and be none any more until it starts again. */
async function requireOff(
  { powerOf }: Pick<TalosDependencies, 'powerOf'>,
  attempt: ActivityAttempt,
  identity: MemberIdentity,
): Promise<void> {
  if ((await powerOf(attempt, identity)) !== 'running') return;
  const { vmid, name, node } = identity.member;
  throw new ManagerError(
    problem('PlanDrifted', {
      attempted: `delete the node of VM ${vmid} (${name}) from Kubernetes`,
      node,
      failed: `VM ${vmid} runs: it was off when the plan was made, and somebody has started it since`,
      remedy:
        'Its node was not touched. Shut it down, then retry, to let it go as it was approved; or skip keeps it: by a new plan it is drained and leaves the cluster first.',
    }),
  );
}

/** See TalosActivities.bootstrapFlux. */
export async function putFluxIn(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  { files, flux, withinMs }: FluxArguments,
): Promise<FluxBootstrapped> {
  const context = await talosContext(dependencies, attempt, files);
  const key = await dependencies.secrets.readWhole(flux.keySecret, attempt.signal);
  attempt.requireAlive();
  return bootstrapFlux(context, flux, key, withinMs);
}

/** See TalosActivities.awaitFlux. */
export async function awaitSynchronized(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  { files, withinMs }: FluxArguments,
): Promise<ReadyReport> {
  const kubernetes = await kubernetesOf(dependencies, attempt, files);
  // What can't be applied is quoted by some of its parts.
  const secrets = await secretsIn(files.folder);
  return untilReady(attempt, { withinMs, everyMs: dependencies.everyMs }, () =>
    orUnreachable(async () => {
      const { exists, ready, message, reason, revision } = await lookAtKustomization(kubernetes);
      if (!exists) return { ready: false, seen: ['there is no Kustomization flux-system'] };
      const words = message === undefined ? undefined : shownWords(new Secret(message), secrets);
      const told = words ?? reason ?? `its Ready condition is ${ready}`;
      return { ready: ready === 'True', seen: [told, ...(revision === undefined ? [] : [`at ${revision}`])] };
    }),
  );
}
