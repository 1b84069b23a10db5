import type { ReadyReport } from '../../domain/cluster/step';
import { ManagerError, problem } from '../../domain/errors';
import type { BootstrapAnswer, ChangeSeen, TalosSighting } from '../../domain/talos/machine';
import { applyConfig, machineConfig } from '../../talos/configure';
import { bootstrapEtcd, lookForBootstrap } from '../../talos/etcd';
import { lookAtOwnMachine } from '../../talos/probe';
import { saidByTalosctl } from '../../talos/failures';
import { resetMachine } from '../../talos/reset';
import { makeTalosconfig } from '../../talos/secrets';
import type { TalosContext } from '../../talos/tool';
import type { ActivityAttempt } from '../shared/attempt';
import { askedWhereItIs, lookWhereItIs } from './addresses';
import { talosContext } from './context';
import type {
  ApplyArguments,
  AwaitMachineArguments,
  BootstrapQuestion,
  ResetArguments,
  TalosGoal,
} from './contract';
import type { TalosDependencies } from './dependencies';
import { untilReady } from './waiting';

/** A reset drains, leaves etcd and wipes. */
const resetWithinSeconds = 10 * 60;

/** As the machine's own face asks for it: open while it waits for a configuration, with a certificate afterwards. */
export async function applyMachineConfig(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  question: ApplyArguments,
): Promise<{ readonly as: 'insecure' | 'authenticated' }> {
  const context = await talosContext(dependencies, attempt, question.files);
  await makeTalosconfig(context, question.cluster);
  return askedWhereItIs({ dependencies, attempt, context }, question.machine, (machine) =>
    applyTo(context, attempt, { ...question, machine }),
  );
}

async function applyTo(
  context: TalosContext,
  attempt: ActivityAttempt,
  { cluster, machine, patchFiles = [] }: ApplyArguments,
): Promise<{ readonly as: 'insecure' | 'authenticated' }> {
  const { face, said } = await lookAtOwnMachine(context, machine);
  if (face === 'silent' || face === 'foreign') throw notApplicable(machine, face, said);
  const configuration = await machineConfig(context, { cluster, machine, approved: patchFiles });
  const as = face === 'maintenance' ? 'insecure' : 'authenticated';
  attempt.requireAlive();
  await applyConfig(context, machine, configuration, as);
  return { as };
}

function notApplicable(
  machine: ApplyArguments['machine'],
  face: 'silent' | 'foreign',
  said: string | undefined,
): ManagerError {
  const attempted = `give ${machine.name} on ${machine.address} its configuration`;
  if (face === 'silent') {
    const failed = 'it does not answer';
    return new ManagerError(problem('NodeUnreachable', { attempted, failed, ...saidByTalosctl(said) }));
  }
  return new ManagerError(
    problem('NotAsExpected', {
      attempted,
      failed: "it is configured already, and does not know this cluster's certificates",
      remedy:
        'It belongs to another cluster, or to a former one of this name. Nothing was sent to it. It waits for a configuration again after "talosctl reset".',
      ...saidByTalosctl(said),
    }),
  );
}

/** See TalosActivities.awaitTalosMachine. */
export async function awaitMachine(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  { files, machine, goal, withinMs }: AwaitMachineArguments,
): Promise<ReadyReport> {
  const context = await talosContext(dependencies, attempt, files);
  let where = machine;
  return untilReady(attempt, { withinMs, everyMs: dependencies.everyMs }, async () => {
    const found = await lookWhereItIs({ dependencies, attempt, context }, where);
    where = found.machine;
    return judged(found.seen, goal, where.address);
  });
}

/** Stages in which a machine with its configuration is past its installation. */
const pastInstallation = ['booting', 'running'];

function judged(seen: TalosSighting, goal: TalosGoal, address: string): ReadyReport {
  const told = seen.stage === undefined ? (seen.said ?? seen.face) : `it is ${seen.stage}`;
  const report = (ready: boolean): ReadyReport => ({ ready, address, seen: [told] });
  if (seen.face === 'foreign') {
    const why = "it does not know this cluster's certificates";
    return {
      ready: false,
      isFinal: true,
      address,
      seen: [why, ...(seen.said === undefined ? [] : [seen.said])],
    };
  }
  switch (goal) {
    case 'maintenance':
      // What has its configuration already needs no other one.
      return report(seen.stage === 'maintenance' || seen.face === 'ours');
    case 'configured':
      return report(seen.face === 'ours' && pastInstallation.includes(seen.stage ?? ''));
    case 'running':
      return report(seen.face === 'ours' && seen.stage === 'running');
  }
}

/** See TalosActivities.bootstrapTalos. */
export async function bootstrapMachine(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  { files, machine, others, withinMs }: BootstrapQuestion & { readonly withinMs: number },
): Promise<{ readonly how: BootstrapAnswer }> {
  const context = await talosContext(dependencies, attempt, files);
  const times = { patienceMs: withinMs, everyMs: dependencies.everyMs };
  return askedWhereItIs({ dependencies, attempt, context }, machine, async (where) => ({
    how: await bootstrapEtcd(context, { machine: where, others }, times, () => attempt.requireAlive()),
  }));
}

/** See TalosActivities.lookForTalosBootstrap. */
export async function lookForMachineBootstrap(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  { files, machine, others }: BootstrapQuestion,
): Promise<ChangeSeen> {
  return lookForBootstrap(await talosContext(dependencies, attempt, files), { machine, others });
}

/** See TalosActivities.resetTalosMachine. */
export async function resetOwnMachine(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  { files, machine, graceful }: ResetArguments,
): Promise<void> {
  const context = await talosContext(dependencies, attempt, files);
  const options = { graceful, withinSeconds: resetWithinSeconds };
  await resetMachine(context, machine, options, () => attempt.requireAlive());
}
