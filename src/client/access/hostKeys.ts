import { isNotLoggedIn } from '../../activities/access/rootShell';
import { sshHostOf } from '../../activities/doctor/facts/seeNode';
import type { ClusterConfig, ClusterNode } from '../../config/clusterConfig';
import { knownHostsFile } from '../../config/paths';
import { ManagerError, problem } from '../../domain/errors';
import { alignColumns } from '../../domain/rendering/text';
import type { HostKeySighting } from '../../ssh/hostKeySighting';
import { createPassphraseProvider } from '../../ssh/access/passphraseProvider';
import { createSsh, type Ssh } from '../../ssh/ssh';
import { requireStateFolder } from '../processes/requireStateFolder';
import type { Session } from '../session';
import { choose } from '../view/prompt';

/** A node whose key nobody has accepted yet. */
interface UnknownKey {
  readonly node: ClusterNode;
  readonly sighting: HostKeySighting;
}

/**
 * Sees to it that at least one node's host key is known before the worker of this machine logs in: shows each key that is
 * not known yet and asks; without a terminal only those in `accepted` are taken. Throws HostKeyChanged or HostKeyRevoked
 * where a node shows a key that must not be trusted, HostKeyUnknown where none is left, and
 * SshUnreachable (or what a jump host says) where no node can be reached.
 */
export async function settleHostKeys(
  session: Session,
  config: ClusterConfig,
  accepted: readonly string[],
): Promise<void> {
  // A jump host has to be logged in at.
  const passphraseFor = createPassphraseProvider(config.sshKeyPassPath);
  const ssh = createSsh({ ownKnownHostsFile: knownHostsFile(), passphraseFor });
  try {
    const states = [];
    for (const node of config.cluster.nodes) states.push(await settle(session, ssh, config, node, accepted));
    const unknown = states.flatMap((state) =>
      typeof state === 'object' && 'sighting' in state ? [state] : [],
    );
    if (states.includes('known')) {
      sayUnknown(session, unknown);
      return;
    }
    if (unknown.length > 0) throw noneKnown(session, config, unknown);
    const [notReached] = states.flatMap((state) => (state instanceof ManagerError ? [state] : []));
    throw notReached ?? noneKnown(session, config, unknown);
  } finally {
    ssh.close();
  }
}

async function settle(
  session: Session,
  ssh: Ssh,
  config: ClusterConfig,
  node: ClusterNode,
  accepted: readonly string[],
): Promise<'known' | 'refused' | UnknownKey | ManagerError> {
  const host = sshHostOf(node, config.sshUser);
  let sighting: HostKeySighting;
  try {
    sighting = await ssh.hostKey(host);
  } catch (error) {
    // Also a jump host that does not let us pass.
    if (!isNotLoggedIn(error)) throw error;
    session.output.note(`${node.name} can't be reached by SSH: ${error.problem.failed}`);
    return error;
  }
  switch (sighting.verdict.status) {
    case 'right':
      return 'known';
    case 'changed':
    case 'revoked':
      // Fails with both fingerprints and what to do.
      await ssh.acceptHostKey(host, sighting);
      return 'refused';
    case 'unknown': {
      const unknown = { node, sighting };
      if (!(await isAccepted(session, unknown, accepted))) return unknown;
      requireStateFolder();
      await ssh.acceptHostKey(host, sighting);
      session.output.note(`The host key of ${node.name} is written to ${knownHostsFile()}.`);
      return 'known';
    }
  }
}

async function isAccepted(
  session: Session,
  { node, sighting }: UnknownKey,
  accepted: readonly string[],
): Promise<boolean> {
  const { keyType, fingerprint } = sighting;
  if (accepted.includes(fingerprint)) return true;
  // Those that are left are named together at the end.
  if (!session.output.interactive) return false;
  session.output.note(
    `${node.name} (${node.host}) shows the SSH host key ${keyType} ${fingerprint}, which is not known yet. On its console: ${lookCommand}`,
  );
  const choices = [
    { value: 'accept', name: 'Yes: I have compared it on the console' },
    { value: 'leave', name: 'No: leave this node out' },
  ] as const;
  const answer = await choose(session, `Trust this key of ${node.name}?`, choices, () =>
    Promise.resolve(true),
  );
  return answer === 'accept';
}

const lookCommand = 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub';

/** One node that may be logged in at is all that is needed: the others are named once, as those that are left out. */
function sayUnknown({ output }: Session, unknown: readonly UnknownKey[]): void {
  if (unknown.length === 0 || output.interactive) return;
  const names = unknown.map(({ node }) => node.name).join(', ');
  output.note(`Left out, because their SSH host keys are not known: ${names}. One node is enough.`);
}

function noneKnown(
  { output }: Session,
  { cluster }: ClusterConfig,
  unknown: readonly UnknownKey[],
): ManagerError {
  const attempted = `log in to a node of ${cluster.name} by SSH`;
  const failed = 'no host key of a node is known and none was accepted; nothing was started';
  const [first] = unknown;
  // At a terminal each was shown already, and who was asked has said no.
  if (first === undefined || output.interactive)
    return new ManagerError(problem('HostKeyUnknown', { attempted, failed }));
  const rows = unknown.map(({ node, sighting: { keyType, fingerprint } }) => [
    node.name,
    node.host,
    `${keyType} ${fingerprint}`,
  ]);
  const remedy = [
    `Compare one of them, one is enough, on the console of its node: ${lookCommand}`,
    `If it is the same there, give it to the same command, for example: --accept-host-key ${first.sighting.fingerprint}`,
  ];
  return new ManagerError(
    problem('HostKeyUnknown', {
      attempted,
      failed: [failed, ...alignColumns(rows)].join('\n'),
      remedy: remedy.join('\n'),
    }),
  );
}
