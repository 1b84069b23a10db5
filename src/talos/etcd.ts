import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ManagerError, problem } from '../domain/errors';
import type { BootstrapAnswer, ChangeSeen, FileReference, TalosMachine } from '../domain/talos/machine';
import { saysAny } from './failures';
import { putInPlace, talosPaths, workPath } from './folder';
import { etcdMembers } from './members';
import { lookAtOwnMachine, requireOurs } from './probe';
import { talosctl, type TalosContext } from './tool';

/** How a bootstrap is asked for. */
export interface BootstrapTimes {
  /** How long a machine may say that it is not ready yet. */
  readonly patienceMs: number;
  readonly everyMs: number;
}

const notYet = ['bootstrap is not available yet', 'time is not in sync yet'];
const alreadyDone = ['etcd data directory is not empty'];

/** The machine that etcd is begun on, and the other control planes that may have joined it since it was first asked. */
export interface BootstrapPlace {
  readonly machine: TalosMachine;
  readonly others: readonly TalosMachine[];
}

/**
 * Begins etcd on the one machine that was chosen for it, unless another control plane has it. "Not yet" is a refusal, so it
 * is asked again; anything that may have been done is OutcomeUnknown and never asked again here. That etcd has data there
 * already is success: on this machine, by this uuid, only an earlier call can have made it. Throws NotAsExpected where one of
 * the others does not tell: the machine may have been wiped since, and would begin a second etcd.
 */
export async function bootstrapEtcd(
  context: TalosContext,
  { machine, others }: BootstrapPlace,
  times: BootstrapTimes,
  beforeCall: () => void,
): Promise<BootstrapAnswer> {
  await requireOurs(context, machine);
  if (await isBegunElsewhere(context, machine, others)) return 'seenAtAnotherMember';
  const begun = performance.now();
  for (;;) {
    await requireOurs(context, machine);
    beforeCall();
    try {
      await talosctl(context, {
        command: ['bootstrap'],
        on: { address: machine.address, as: 'authenticated' },
        kind: 'once',
      });
      return 'bootstrapped';
    } catch (error) {
      if (saysAny(error, alreadyDone)) return 'alreadyBootstrapped';
      if (!saysAny(error, notYet) || performance.now() - begun > times.patienceMs) throw error;
    }
    await delay(times.everyMs, undefined, { signal: context.signal });
  }
}

async function isBegunElsewhere(
  context: TalosContext,
  machine: TalosMachine,
  others: readonly TalosMachine[],
): Promise<boolean> {
  const seen = await lookAtOthers(context, others);
  if (seen.some((it) => it.etcd === 'done')) return true;
  const silent = seen.filter((it) => it.etcd === 'unknown').map((it) => it.name);
  if (silent.length === 0) return false;
  throw new ManagerError(
    problem('NotAsExpected', {
      attempted: `see whether etcd was begun before ${machine.name} is asked once more`,
      failed: `${silent.join(', ')} does not answer, and may be a member of it already`,
      remedy:
        'Bring it back, then retry. Nothing was sent. If it never comes back, pxm cluster rebuild makes the cluster anew.',
    }),
  );
}

/** Whether etcd was begun: on the machine itself, or on another one that has joined it since. Changes nothing. */
export async function lookForBootstrap(
  context: TalosContext,
  { machine, others }: BootstrapPlace,
): Promise<ChangeSeen> {
  const own = await lookAtEtcd(context, machine);
  if (own === 'done') return own;
  const seen = await lookAtOthers(context, others);
  return seen.some((it) => it.etcd === 'done') ? 'done' : own;
}

/** What a stranger on the address of one of them tells is nothing. */
function lookAtOthers(context: TalosContext, others: readonly TalosMachine[]) {
  return Promise.all(
    others.map(async (machine) => {
      const { name } = machine;
      try {
        return { name, etcd: await lookAtOther(context, machine) };
      } catch (error) {
        if (!(error instanceof ManagerError) || error.code !== 'NotAsExpected') throw error;
        return { name, etcd: 'unknown' as const };
      }
    }),
  );
}

/**
 * A control plane boots until its etcd runs: one that runs has it, whatever it lists now, and one that boots only if it
 * lists members. One without configuration has none.
 */
async function lookAtOther(context: TalosContext, machine: TalosMachine): Promise<ChangeSeen> {
  const { face, stage } = await lookAtOwnMachine(context, machine);
  if (face === 'silent') return 'unknown';
  if (face !== 'ours') return 'notDone';
  if (stage === 'running') return 'done';
  return (await lookAtEtcd(context, machine)) === 'done' ? 'done' : 'notDone';
}

/** Whether a machine lists members of etcd. */
async function lookAtEtcd(context: TalosContext, machine: TalosMachine): Promise<ChangeSeen> {
  const seen = await lookAtOwnMachine(context, machine);
  if (seen.face !== 'ours') return 'unknown';
  try {
    return (await etcdMembers(context, machine)).length > 0 ? 'done' : 'notDone';
  } catch (error) {
    if (!(error instanceof ManagerError)) throw error;
    // Without etcd the machine refuses to list members; whoever does not answer at all tells nothing.
    return error.code === 'CommandFailed' ? 'notDone' : 'unknown';
  }
}

/**
 * Saves what etcd holds, from this control plane, under `name` in the cluster's folder. The file holds every secret of
 * Kubernetes. Repeating it writes the file anew.
 */
export async function snapshotEtcd(
  context: TalosContext,
  machine: TalosMachine,
  name: string,
): Promise<FileReference> {
  await requireOurs(context, machine);
  const path = workPath(context.folder, 'etcd');
  try {
    await talosctl(context, {
      command: ['etcd', 'snapshot'],
      options: [path],
      on: { address: machine.address, as: 'authenticated' },
      kind: 'read',
      timeoutMs: 10 * 60_000,
    });
    return await putInPlace(path, join(talosPaths(context.folder).snapshots, `${basename(name)}.db`));
  } finally {
    await rm(path, { force: true });
  }
}

const notListed = ['member not found'];

/**
 * Removes a member whose machine does not run any more, by its id, at another control plane. That it is not listed is
 * success. Repeating it changes nothing: no id is ever given again.
 */
export async function removeEtcdMember(
  context: TalosContext,
  { address }: Pick<TalosMachine, 'address'>,
  id: string,
): Promise<void> {
  try {
    await talosctl(context, {
      command: ['etcd', 'remove-member'],
      options: [id],
      on: { address, as: 'authenticated' },
      kind: 'repeatable',
    });
  } catch (error) {
    if (!saysAny(error, notListed)) throw error;
  }
}
