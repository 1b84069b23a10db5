import { z } from 'zod';
import { ManagerError, problem } from '../domain/errors';
import type { EtcdMember, EtcdSeen, TalosMachine } from '../domain/talos/machine';
import { lookAtOwnMachine, readResource, requireOurs } from './probe';
import { talosctl, type TalosContext } from './tool';

/** The members of etcd, as this control plane sees them. */
export async function etcdMembers(
  context: TalosContext,
  { address }: Pick<TalosMachine, 'address'>,
): Promise<readonly EtcdMember[]> {
  const said = await talosctl(context, {
    command: ['etcd', 'members'],
    on: { address, as: 'authenticated' },
    kind: 'read',
  });
  return membersIn(said.reveal());
}

/** The table of `talosctl etcd members`; columns are told by their headings, which differ by version. */
export function membersIn(table: string): readonly EtcdMember[] {
  const [head = '', ...rows] = table.split('\n').filter((line) => line.trim() !== '');
  const columns = head.split(/\s{2,}|\t/).map((it) => it.trim());
  return rows.map((row) => {
    const cells = row.split(/\s{2,}|\t/).map((it) => it.trim());
    const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
    return { id: cell('ID'), hostname: cell('HOSTNAME'), isLearner: cell('LEARNER') === 'true' };
  });
}

/**
 * The members of etcd, listed by the first of `others` that answers, and which of them these machines and `machine` are by
 * their own word: names are given again, and a member stays when its machine is gone. Changes nothing. Throws what the first
 * said where none answers.
 */
export async function readEtcd(
  context: TalosContext,
  { others, machine }: { readonly others: readonly TalosMachine[]; readonly machine?: TalosMachine },
): Promise<EtcdSeen> {
  const members = await atFirstThatAnswers(others, async (on) => {
    await requireOurs(context, on);
    return etcdMembers(context, on);
  });
  const asked = machine === undefined ? others : [...others, machine];
  const running = await Promise.all(asked.map((it) => runningMember(context, it)));
  return { members, running: running.flatMap((it) => it ?? []) };
}

/** Asks one after the other until one answers. Throws what the first said where none does. */
export async function atFirstThatAnswers<T>(
  machines: readonly TalosMachine[],
  ask: (on: TalosMachine) => Promise<T>,
): Promise<T> {
  let first: ManagerError | undefined;
  for (const on of machines) {
    try {
      return await ask(on);
    } catch (error) {
      if (!isAnswer(error)) throw error;
      first ??= error;
    }
  }
  throw first ?? nobodyToAsk();
}

/** Whoever was cancelled learns nothing of a machine. */
function isAnswer(error: unknown): error is ManagerError {
  return error instanceof ManagerError && error.code !== 'Interrupted';
}

function nobodyToAsk(): ManagerError {
  return new ManagerError(
    problem('NotAsExpected', {
      attempted: 'ask a control plane',
      failed: 'the address of none is known',
      remedy: 'Look at the members of the cluster: pxm cluster status.',
    }),
  );
}

const etcdMember = z.object({ spec: z.object({ memberID: z.string() }) });

/** Undefined: it does not run with this cluster's certificates, is another machine, or its etcd is no member. */
async function runningMember(
  context: TalosContext,
  machine: TalosMachine,
): Promise<EtcdSeen['running'][number] | undefined> {
  try {
    const { face, stage, uuid } = await lookAtOwnMachine(context, machine);
    if (face !== 'ours' || stage !== 'running' || uuid === undefined) return undefined;
    const { spec } = await readResource(context, machine.address, 'authenticated', 'etcdmember', etcdMember);
    return { uuid, memberId: spec.memberID };
  } catch (error) {
    if (isAnswer(error)) return undefined;
    throw error;
  }
}
