import type { MachineStepArguments, RemovalStepArguments, SetAside } from '../../../domain/cluster/step';
import { ManagerError, problem } from '../../../domain/errors';
import { asideTag } from '../../../planning/cluster/names';
import { changeConfig, type BuildParameters } from '../../../proxmox/api/build';
import { qemuStatus } from '../../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../../proxmox/types';
import { changeUntilSo } from '../../guests/changeUntilSo';
import type { ActivityAttempt } from '../../shared/attempt';
import { madeMember, notThere, ownMachine, revivedName, type SeenMachine, type Wanted } from '../machine';
import { whereItIs } from '../whereItIs';

/** A second tag, of what its node would have started with itself: so it is brought back as it was. */
const onbootTag = 'pxm-onboot';

/**
 * Sets a stopped machine aside, on whatever node it is by now: it is called otherwise, has a tag, and its node does not
 * start it any more with itself. Its protection stays as it is. Repeating it finds it done; a late duplicate is refused by
 * the digest. Nothing is left to be done where it is nowhere any more, which is told. Throws PlanDrifted for a machine that
 * runs (again).
 */
export async function setMemberAside(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  { removal: { member, asideName }, frame: cluster }: RemovalStepArguments,
): Promise<SetAside> {
  const options = { signal: attempt.signal };
  const attempted = `set VM ${member.vmid} (${member.name}) aside`;
  const wanted = await whereItIs(client, { attempted, member, cluster, orName: asideName }, options);
  if (wanted === undefined) return { isAbsent: true };
  await changeUntilSo(client, attempt, {
    async look() {
      const seen = await ownMachine(client, wanted, options);
      await requireStopped(client, wanted, options);
      return seen;
    },
    missing: (seen) => ({
      ...(seen.name === asideName ? {} : { name: asideName }),
      ...(startsOnBoot(seen) ? { onboot: false } : {}),
      ...taggedAs(seen, [...seen.tags, asideTag, ...(startsOnBoot(seen) ? [onbootTag] : [])]),
    }),
  });
  return {};
}

/**
 * Takes a machine back that was set aside: it has its name again, its node starts it with itself if it did, and the tags
 * are gone. Repeating it finds it done; a late duplicate is refused by the digest.
 */
export async function reviveMember(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  { removal, frame: cluster }: RemovalStepArguments,
): Promise<void> {
  const { member } = removal;
  const options = { signal: attempt.signal };
  const name = revivedName(removal, cluster);
  const attempted = `bring VM ${member.vmid} (${member.name}) back as ${name}`;
  await changeUntilSo(client, attempt, {
    look: () => ownMachine(client, { attempted, member, cluster, orName: name }, options),
    missing: (seen) => ({
      ...(seen.name === name ? {} : { name }),
      ...(seen.tags.includes(onbootTag) ? { onboot: true } : {}),
      ...taggedAs(
        seen,
        seen.tags.filter((tag) => tag !== asideTag && tag !== onbootTag),
      ),
    }),
  });
}

/**
 * Protects a machine that is ready against removal, if its profile wants that: at once where its configuration is still that
 * of the digest, with which it was seen who it is; else it is looked at first. Repeating it finds it done; a late duplicate is
 * refused by the digest.
 */
export async function protectMachine(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: MachineStepArguments,
): Promise<void> {
  const { machine, frame: cluster } = input;
  if (!cluster.protection || (await isProtectedAsSeen(client, attempt, input))) return;
  const attempted = `protect VM ${machine.vmid} (${machine.name}) against removal`;
  const wanted = { attempted, member: madeMember(input), cluster };
  await changeUntilSo(client, attempt, {
    look: () => ownMachine(client, wanted, { signal: attempt.signal }),
    missing: ({ protection }: SeenMachine) => (protection ? {} : { protection: true }),
    trusted: true,
  });
}

/**
 * Gives a machine that stays after all the protection back that its deletion has taken off, on whatever node it is by now;
 * nothing where it had none when the plan was made. Repeating it finds it done; a late duplicate is refused by the digest.
 * Throws PlanDrifted where it is another machine, GuestNotFound where it is gone.
 */
export async function protectAgain(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  { removal: { member, protection }, frame: cluster }: RemovalStepArguments,
): Promise<void> {
  if (protection !== true) return;
  const options = { signal: attempt.signal };
  const planned = {
    attempted: `protect VM ${member.vmid} (${member.name}) against removal again`,
    ...{ member, cluster },
  };
  const wanted = await whereItIs(client, planned, options);
  if (wanted === undefined) throw notThere(planned);
  await changeUntilSo(client, attempt, {
    look: () => ownMachine(client, wanted, options),
    missing: (seen) => (seen.protection ? {} : { protection: true }),
    trusted: true,
  });
}

async function isProtectedAsSeen(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  { machine, digest }: MachineStepArguments,
): Promise<boolean> {
  if (digest === undefined) return false;
  attempt.requireAlive();
  try {
    await changeConfig(client, machine, digest, { protection: true }, { signal: attempt.signal });
    return true;
  } catch (error) {
    // Whatever became of it, a look shows.
    if (error instanceof ManagerError) return false;
    throw error;
  }
}

function startsOnBoot({ keys }: SeenMachine): boolean {
  return keys.get('onboot') === '1';
}

/** Tags as a parameter; none at all are deleted, for Proxmox keeps an empty value as a blank (observed: Config). */
function taggedAs({ tags: has }: SeenMachine, wanted: readonly string[]): BuildParameters {
  const tags = [...new Set(wanted)].toSorted();
  if (tags.join() === has.join()) return {};
  return tags.length === 0 ? { delete: 'tags' } : { tags: tags.join(';') };
}

async function requireStopped(
  client: ProxmoxClient,
  { attempted, member: { node, vmid } }: Wanted,
  options: CallOptions,
): Promise<void> {
  if (!(await qemuStatus(client, { node, vmid }, options)).running) return;
  throw new ManagerError(
    problem('PlanDrifted', {
      attempted,
      node,
      failed: `VM ${vmid} runs: it was started again after it was shut down`,
      remedy:
        'Nothing was changed. Find out who starts it (HA, a schedule, a person), shut it down, then retry; skip leaves it as it is.',
    }),
  );
}
