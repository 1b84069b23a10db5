import { ManagerError, problem } from '../../domain/errors';
import { membersOf, votesWithout } from '../../planning/rules/etcdMembers';
import { removeEtcdMember } from '../../talos/etcd';
import { atFirstThatAnswers, readEtcd } from '../../talos/members';
import { requireOurs } from '../../talos/probe';
import type { ActivityAttempt } from '../shared/attempt';
import { talosContext } from './context';
import type { EtcdMemberArguments, FormerMembersQuestion } from './contract';
import type { TalosDependencies } from './dependencies';

/** See TalosActivities.lookForFormerMembers. */
export async function lookForFormerMembers(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  { files, others, machine, name, identity }: FormerMembersQuestion,
): Promise<readonly string[]> {
  const context = await talosContext(dependencies, attempt, files);
  const etcd = await readEtcd(context, { others, ...(machine === undefined ? {} : { machine }) });
  const { own, unclaimed } = membersOf(etcd, { name, ...(machine === undefined ? {} : machine) });
  if (unclaimed.length === 0 || own !== undefined || identity === undefined) return unclaimed;
  // A machine that runs and does not tell which member it is may be any of them.
  return (await dependencies.powerOf(attempt, identity)) === 'running' ? [] : unclaimed;
}

/** See TalosActivities.removeEtcdMember. */
export async function removeFormerMember(
  dependencies: TalosDependencies,
  attempt: ActivityAttempt,
  { files, others, id }: EtcdMemberArguments,
): Promise<void> {
  const context = await talosContext(dependencies, attempt, files);
  const etcd = await readEtcd(context, { others });
  if (!etcd.members.some((member) => member.id === id)) return;
  if (etcd.running.some(({ memberId }) => memberId === id)) throw refusal(id, 'its machine runs');
  const { votes, alive, needed } = votesWithout(etcd, [id]);
  if (alive < needed) throw refusal(id, `${alive} of ${votes} members that would be left run, not ${needed}`);
  await atFirstThatAnswers(others, async (on) => {
    await requireOurs(context, on);
    attempt.requireAlive();
    await removeEtcdMember(context, on, id);
  });
}

function refusal(id: string, failed: string): ManagerError {
  return new ManagerError(
    problem('NotAsExpected', {
      attempted: `remove the member ${id} from etcd`,
      failed,
      remedy: 'Nothing was removed. Look at the members of etcd (talosctl etcd members), then retry.',
    }),
  );
}
