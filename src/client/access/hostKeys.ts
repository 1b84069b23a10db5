import { isNotLoggedIn } from '../../activities/access/rootShell';
import { sshHostOf } from '../../activities/doctor/facts/seeNode';
import type { ClusterConfig, ClusterNode } from '../../config/clusterConfig';
import { knownHostsFile } from '../../config/paths';
import { ManagerError, problem } from '../../domain/errors';
import type { HostKeySighting } from '../../ssh/hostKeySighting';
import { createPassphraseProvider } from '../../ssh/access/passphraseProvider';
import { createSsh, type Ssh } from '../../ssh/ssh';
import { requireStateFolder } from '../processes/requireStateFolder';
import type { Session } from '../session';
import { choose } from '../view/prompt';

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
    if (states.includes('known')) return;
    const [offered] = states.flatMap((state) =>
      typeof state === 'object' && 'fingerprint' in state ? [state] : [],
    );
    if (offered !== undefined && !session.output.interactive) session.output.note(acceptHint(offered));
    const [notReached] = states.flatMap((state) => (state instanceof ManagerError ? [state] : []));
    throw notReached ?? noneKnown(config);
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
): Promise<'known' | 'refused' | HostKeySighting | ManagerError> {
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
    case 'unknown':
      if (!(await isAccepted(session, node, sighting, accepted))) return sighting;
      requireStateFolder();
      await ssh.acceptHostKey(host, sighting);
      session.output.note(`The host key of ${node.name} is written to ${knownHostsFile()}.`);
      return 'known';
  }
}

async function isAccepted(
  session: Session,
  node: ClusterNode,
  { keyType, fingerprint }: HostKeySighting,
  accepted: readonly string[],
): Promise<boolean> {
  if (accepted.includes(fingerprint)) return true;
  const shown = `${node.name} (${node.host}) shows the SSH host key ${keyType} ${fingerprint}, which is not known yet.`;
  const compare = 'On its console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub';
  session.output.note(`${shown} ${compare}`);
  if (!session.output.interactive) return false;
  const choices = [
    { value: 'accept', name: 'Yes: I have compared it on the console' },
    { value: 'leave', name: 'No: leave this node out' },
  ] as const;
  const answer = await choose(session, `Trust this key of ${node.name}?`, choices, () =>
    Promise.resolve(true),
  );
  return answer === 'accept';
}

/** One node that may be logged in at is all that is needed. */
function acceptHint({ fingerprint }: HostKeySighting): string {
  return `For a key that is the same there (one of them is enough) the same command with, for example: --accept-host-key ${fingerprint}`;
}

function noneKnown({ cluster }: ClusterConfig): ManagerError {
  return new ManagerError(
    problem('HostKeyUnknown', {
      attempted: `log in to a node of ${cluster.name} by SSH`,
      failed: 'no host key of a node is known and none was accepted; nothing was started',
    }),
  );
}
