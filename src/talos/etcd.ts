import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ManagerError } from '../domain/errors';
import type { ChangeSeen, FileReference, TalosMachine } from '../domain/talos/machine';
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

/**
 * Begins etcd on the one machine that was chosen for it. "Not yet" is a refusal, so it is asked again; anything that may
 * have been done is OutcomeUnknown and never asked again here. That etcd has data there already is success: on this
 * machine, by this uuid, only an earlier call can have made it.
 */
export async function bootstrapEtcd(
  context: TalosContext,
  machine: TalosMachine,
  times: BootstrapTimes,
  beforeCall: () => void,
): Promise<'bootstrapped' | 'alreadyBootstrapped'> {
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

/** Whether etcd was begun on a machine: it lists itself as a member. Changes nothing. */
export async function lookForBootstrap(context: TalosContext, machine: TalosMachine): Promise<ChangeSeen> {
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
