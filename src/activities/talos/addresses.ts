import { ManagerError } from '../../domain/errors';
import type { TalosMachine, TalosSighting } from '../../domain/talos/machine';
import { lookAtMachine, lookAtOwnMachine } from '../../talos/probe';
import type { TalosContext } from '../../talos/tool';
import type { ActivityAttempt } from '../shared/attempt';
import { undefinedIfItFails } from '../shared/undefinedIfItFails';
import type { TalosDependencies } from './dependencies';

/** With what a machine is looked for that may have moved to another address. */
interface Seeker {
  readonly dependencies: Pick<TalosDependencies, 'addressesOf'>;
  readonly attempt: Pick<ActivityAttempt, 'signal'>;
  readonly context: TalosContext;
}

/** A machine with many networks is not tried on all of them. */
const triedAtMost = 4;

/** What is seen of a machine at its address, or at the one that DHCP has given it meanwhile, with where that is. */
export async function lookWhereItIs<Machine extends TalosMachine>(
  seeker: Seeker,
  machine: Machine,
): Promise<{ readonly machine: Machine; readonly seen: TalosSighting }> {
  const look = async (at: Machine) => ({ machine: at, seen: await lookAtOwnMachine(seeker.context, at) });
  const before = await look(machine).catch((error: unknown) => {
    if (isSomewhereElse(error)) return { error };
    throw error;
  });
  if ('seen' in before && before.seen.face !== 'silent') return before;
  const moved = await movedMachine(seeker, machine);
  if (moved !== undefined) return look(moved);
  if ('error' in before) throw before.error;
  return before;
}

/** Asks a machine something; where it is not at its address any more, once more where it is. */
export async function askedWhereItIs<Machine extends TalosMachine, Answer>(
  seeker: Seeker,
  machine: Machine,
  ask: (machine: Machine) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask(machine);
  } catch (error) {
    const moved = isSomewhereElse(error) ? await movedMachine(seeker, machine) : undefined;
    if (moved === undefined) throw error;
    return ask(moved);
  }
}

/** Nobody answers there, or another machine: nothing was sent to it. */
function isSomewhereElse(error: unknown): boolean {
  return error instanceof ManagerError && ['NodeUnreachable', 'NotAsExpected'].includes(error.code);
}

/** A machine at another address that its guest agent tells; undefined: there is none at which it answers by its uuid. */
async function movedMachine<Machine extends TalosMachine>(
  { dependencies, attempt, context }: Seeker,
  machine: Machine,
): Promise<Machine | undefined> {
  const { guest, uuid } = machine;
  if (guest === undefined) return undefined;
  const told = (await undefinedIfItFails(dependencies.addressesOf(attempt, guest))) ?? [];
  const others = told.filter((address) => address !== machine.address && !address.includes(':'));
  for (const address of others.slice(0, triedAtMost)) {
    const seen = await undefinedIfItFails(lookAtMachine(context, address));
    if (seen?.uuid === uuid.toLowerCase()) return { ...machine, address };
  }
  return undefined;
}
