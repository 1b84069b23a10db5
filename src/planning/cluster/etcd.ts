import type { ClusterMember } from '../../domain/cluster/member';
import { listInWords } from '../words';
import { attemptOf, profileOf, type ChangeContext } from './changes/context';
import { controlPlanesLeft, isControlPlane, isQuorumLost, quorumOf } from './quorum';
import { refusal } from './refusal';

/**
 * Throws InputInvalid where there is no etcd that a new machine could join: all of its control planes are gone, or so many
 * that no quorum is left.
 */
export function requireEtcd(context: ChangeContext): void {
  const profile = profileOf(context);
  const left = controlPlanesLeft(profile, context.active);
  const there = [...left.running, ...left.others];
  if (there.length > 0 && !isQuorumLost(left)) return;
  const folder = context.input.change.record?.talos?.folder ?? '';
  throw refusal(
    attemptOf(context),
    there.length === 0
      ? 'etcd was bootstrapped, and all of its control planes are gone: there is none that a new one could join'
      : `etcd has lost its quorum: ${namesOf(left.gone)} are gone, and what is left of its control planes (${namesOf(there)}) lets no new one join`,
    `pxm cluster rebuild ${profile.name} makes the cluster anew, with new secrets, the same names and addresses. Snapshots of etcd, if there are any, lie in ${folder}/snapshots.`,
  );
}

/** What a person has to do before machines can join, where etcd has no quorum at the moment, as far as anybody sees. */
export function quorumWarnings(context: ChangeContext): readonly string[] {
  if (!isBootstrapped(context)) return [];
  const { running, others, gone } = votersOf(context);
  const votes = running.length + others.length + gone.length;
  const needed = quorumOf(votes);
  if (running.length >= needed) return [];
  const off = others.length === 0 ? '' : ` Bring ${namesOf(others)} back first.`;
  const isEnough = running.length + others.length >= needed;
  const lost = isEnough
    ? ''
    : ` Unless ${namesOf(gone)} had left etcd before, reject this plan: pxm cluster rebuild ${context.request.profile} makes the cluster anew.`;
  return [
    `etcd has no quorum, as far as is known: ${running.length} of ${votes} control planes run, ${needed} are needed. Nothing can join it then.${off}${lost}`,
  ];
}

/** Those that were ready are members for certain. */
function votersOf(context: ChangeContext) {
  const ready = context.active.filter(({ member }) => member.state === 'ready');
  return controlPlanesLeft(profileOf(context), ready);
}

/**
 * Control planes of the record that are gone, and that are not made again (`made`: names of machines that are): what is left
 * of them in etcd nobody else removes. None where etcd was never bootstrapped.
 */
export function goneControlPlanes(
  context: ChangeContext,
  made: readonly string[] = [],
): readonly ClusterMember[] {
  const { profile } = context.input;
  if (profile?.type !== 'talos' || !isBootstrapped(context)) return [];
  return context.active
    .filter(({ state, member }) => state === 'gone' && isControlPlane(profile, member.role))
    .map(({ member }) => member)
    .filter(({ name, uuid }) => uuid !== undefined && !made.includes(name));
}

function isBootstrapped({ input }: ChangeContext): boolean {
  return input.change.record?.talos?.bootstrapped === true;
}

function namesOf(members: readonly ClusterMember[]): string {
  return listInWords(members.map(({ name }) => name));
}
