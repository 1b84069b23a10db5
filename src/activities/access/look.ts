import { buildsPool } from '../../planning/access/desired';
import type { AccessFacts, StoredToken } from '../../planning/access/facts';
import type { CollectedTrust } from '../../domain/access';
import { ManagerError } from '../../domain/errors';
import type { ActivityAttempt } from '../shared/attempt';
import type { AccessDependencies } from './dependencies';
import {
  countPoolMembers,
  readAcl,
  readMajor,
  readPools,
  readRoles,
  readStorages,
  readTokens,
  readUsers,
} from './lists';
import type { RootShell } from './rootShell';
import { collectTrust, trustingCluster } from './trust';
import { tryToken } from './tryToken';

/** The present access: what the cluster shows root, and what the store holds. Changes nothing. */
export async function lookAtAccess(
  dependencies: AccessDependencies,
  shell: RootShell,
  attempt: ActivityAttempt,
): Promise<AccessFacts> {
  const { config, writer } = dependencies;
  const { user } = config.access;
  // The first command finds the node that answers; the others go there together.
  const major = await readMajor(shell);
  const [roles, users, acl, pools, storages] = await Promise.all([
    readRoles(shell),
    readUsers(shell),
    readAcl(shell),
    readPoolsInFull(shell),
    readStorages(shell),
  ]);
  const tokens = users.some((it) => it.user === user) ? await readTokens(shell, user) : [];
  const trust = await collectTrust(shell, config.cluster);
  const previous = await writer?.look('previous', attempt.signal);
  return {
    ...{ major, roles, users, tokens, acl, pools, storages, trust },
    stored: await lookAtStore(dependencies, trust, attempt),
    ...(previous === undefined ? {} : { previousTokenId: previous.tokenId }),
  };
}

/** The pool of builds may have to go, which it can't with something in it; others are none of ours. */
async function readPoolsInFull(shell: RootShell): Promise<AccessFacts['pools']> {
  const pools = await readPools(shell);
  const builds = pools.find(({ pool }) => pool === buildsPool);
  if (builds === undefined) return pools;
  const members = await countPoolMembers(shell, buildsPool);
  return pools.map((it) => (it === builds ? { ...it, members } : it));
}

async function lookAtStore(
  { config, writer }: AccessDependencies,
  trust: CollectedTrust,
  { signal }: ActivityAttempt,
): Promise<StoredToken> {
  try {
    const token = await writer?.look('current', signal);
    if (token === undefined) return { state: 'nothing' };
    const trial = await tryToken(trustingCluster(config.cluster, trust), token, signal, 'once');
    return { state: 'token', tokenId: token.tokenId, works: trial.refused.length === 0 };
  } catch (error) {
    if (!(error instanceof ManagerError) || error.code !== 'CredentialsMalformed') throw error;
    return { state: 'unreadable', why: error.problem.failed };
  }
}
