import { buildsPool } from '../../planning/access/desired';
import type { AccessFacts, StagedToken, StoredToken } from '../../planning/access/facts';
import type { ClusterConfig } from '../../config/clusterConfig';
import type { TokenCredentials } from '../../credentials/contract';
import { isUnreadable } from '../../credentials/writer';
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
  const stored = await lookAtStore(dependencies, trust, attempt);
  const previous = await writer?.look('previous', attempt.signal);
  const staged = await lookAtStaged(dependencies, attempt);
  return {
    ...{ major, roles, users, tokens, acl, pools, storages, trust, stored },
    ...(staged === undefined ? {} : { staged }),
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
    return { state: 'token', tokenId: token.tokenId, ...(await tryStored(config, trust, token, signal)) };
  } catch (error) {
    if (!(error instanceof ManagerError) || error.code !== 'CredentialsMalformed') throw error;
    return { state: 'unreadable', why: error.problem.failed };
  }
}

/** A node may hear of a token a moment later than the others: refused by some, it is tried once more with patience. */
async function tryStored(
  { cluster }: ClusterConfig,
  trust: CollectedTrust,
  token: TokenCredentials,
  signal: AbortSignal,
): Promise<Pick<Extract<StoredToken, { readonly state: 'token' }>, 'works' | 'refusedBy'>> {
  const trusting = trustingCluster(cluster, trust);
  let trial = await tryToken(trusting, token, signal, 'once');
  const isPartial = () => trial.accepted.length > 0 && trial.refused.length > 0;
  if (isPartial()) trial = await tryToken(trusting, token, signal, 'patient');
  return { works: trial.accepted.length > 0, ...(isPartial() ? { refusedBy: trial.refused } : {}) };
}

/** Half an entry can't be read: one whose key is locked is noticed with the token in use, which is read before. */
async function lookAtStaged(
  { writer }: AccessDependencies,
  { signal }: ActivityAttempt,
): Promise<StagedToken | undefined> {
  try {
    const token = await writer?.look('new', signal);
    return token === undefined ? undefined : { state: 'token', tokenId: token.tokenId };
  } catch (error) {
    if (error instanceof ManagerError && isUnreadable(error)) return { state: 'unreadable' };
    throw error;
  }
}
