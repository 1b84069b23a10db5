import { z } from 'zod';

import type { ClusterSettings } from '../../config/clusterConfig';
import type { IssueToken, RemoveToken } from '../../domain/accessPlan';
import { ManagerError, problem } from '../../domain/errors';
import { Secret } from '../../domain/secret';
import type { TokenCredentials } from '../../credentials/contract';
import type { CredentialWriter } from '../../credentials/writer';
import type { TokenFact } from '../../planning/access/facts';
import { isMarked } from '../../planning/access/marks';
import { tokenParts } from '../../planning/access/words';
import type { ActivityAttempt } from '../shared/attempt';
import { applyAction } from './apply';
import type { AccessStepArguments, AccessStepResult } from './contract';
import type { AccessDependencies } from './dependencies';
import { readTokensOf } from './lists';
import { createRootShell, type RootShell } from './rootShell';
import { trustingCluster } from './trust';
import { tryToken, type TokenTrial } from './tryToken';

/** What `pveum user token add` prints; the value becomes a secret at once. */
const issued = z
  .object({ 'full-tokenid': z.string(), value: z.string().min(1) })
  .transform((it): TokenCredentials => ({ tokenId: it['full-tokenid'], secret: new Secret(it.value) }));

/**
 * Makes a token and puts it into use; see AccessActivities. A failure on the way takes the new token away again, so that
 * nothing is left that nobody holds; a crash leaves it to the next attempt, which makes another value.
 */
export async function issueToken(
  dependencies: AccessDependencies,
  attempt: ActivityAttempt,
  { plan, action }: AccessStepArguments<IssueToken>,
): Promise<AccessStepResult> {
  const { config, ssh, writer } = dependencies;
  if (writer === undefined) throw notWritable(dependencies);
  const shell = createRootShell(config, ssh, plan.node, attempt.signal);
  const cluster = trustingCluster(config.cluster, plan.trust);
  const prove = async (token: TokenCredentials) =>
    requireAccepted(action, await tryToken(cluster, token, attempt.signal, 'patient'));

  const present = (await readTokensOf(shell, tokenParts(action.tokenId).user)).find(
    ({ tokenId }) => tokenId === action.tokenId,
  );
  if (present !== undefined) {
    const trial = await tryInUse(writer, cluster, attempt, action.tokenId);
    if (trial !== undefined && trial.accepted.length > 0) {
      requireReusable(action, present);
      const warnings = requireAccepted(action, trial);
      await writer.discard(attempt.signal);
      await renew(dependencies, action.tokenId);
      return { outcome: 'kept', warnings };
    }
    attempt.requireAlive();
    await applyAction(shell, withoutMemory(attempt), removalOf(action, present));
  }

  const token = await addToken(shell, attempt, action);
  try {
    for (const entry of action.acl) await applyAction(shell, attempt, { kind: 'setAcl', entry });
    attempt.requireAlive();
    await writer.stage(token, attempt.signal);
    const warnings = await prove(token);
    attempt.requireAlive();
    await writer.accept(
      token,
      { keepPrevious: action.keepPrevious, requireAlive: () => attempt.requireAlive() },
      attempt.signal,
    );
    await requireInUse(writer, token, attempt.signal);
    await renew(dependencies, action.tokenId);
    return { outcome: 'changed', warnings };
  } catch (error) {
    // Interrupted, or late: another attempt may be at work, or have finished, so only its own value is taken away.
    await writer.withdraw(token).catch(() => undefined);
    if (!isInterrupted(error)) await takeBack(shell, attempt, writer, token);
    throw error;
  }
}

/** What the nodes say to the stored token, if it is the one of this ID. */
async function tryInUse(
  writer: CredentialWriter,
  cluster: ClusterSettings,
  { signal }: ActivityAttempt,
  tokenId: string,
): Promise<TokenTrial | undefined> {
  const inUse = await writer.look('current', signal);
  if (inUse?.tokenId !== tokenId) return undefined;
  const trial = await tryToken(cluster, inUse, signal, 'once');
  const isPartial = trial.accepted.length > 0 && trial.refused.length > 0;
  return isPartial ? tryToken(cluster, inUse, signal, 'patient') : trial;
}

/** A token that is in use is never removed to make another one of its name. */
function requireReusable(action: IssueToken, present: TokenFact): void {
  if (present.privilegeSeparation === action.privilegeSeparation) return;
  throw drifted(action, `${action.tokenId} is in use, with another privilege separation`);
}

/** Away with one that an earlier attempt has made, or that the plan has seen and replaces. */
function removalOf(action: IssueToken, present: TokenFact): RemoveToken {
  const { tokenId } = present;
  if (isMarked(present)) return { kind: 'removeToken', tokenId };
  if (action.replaces?.comment === present.comment)
    return { kind: 'removeToken', tokenId, comment: present.comment };
  throw drifted(
    action,
    action.replaces === undefined
      ? `somebody has made a token ${tokenId} since the plan was made`
      : `the token ${tokenId} is not the one that the plan saw: its comment is another one`,
  );
}

function drifted({ tokenId }: IssueToken, failed: string): ManagerError {
  return new ManagerError(problem('PlanDrifted', { attempted: `make the token ${tokenId}`, failed }));
}

async function addToken(
  shell: RootShell,
  attempt: ActivityAttempt,
  { tokenId, privilegeSeparation, comment }: IssueToken,
): Promise<TokenCredentials> {
  const { user, name } = tokenParts(tokenId);
  attempt.requireAlive();
  const token = await shell.changeForSecret(
    [
      ...(['pveum', 'user', 'token', 'add', user, name] as const),
      ...['--privsep', privilegeSeparation ? '1' : '0', '--comment', comment],
    ],
    issued,
  );
  if (token.tokenId === tokenId) return token;
  throw new ManagerError(
    problem('AnswerUnreadable', {
      attempted: `make the token ${tokenId}`,
      failed: 'the answer names another token',
    }),
  );
}

/** Nobody may accept it half-heartedly: refused by one node, it is not put into use. */
function requireAccepted(
  action: IssueToken,
  trial: { readonly refused: readonly string[]; readonly silent: readonly string[] },
): readonly string[] {
  if (trial.refused.length === 0) return silentInWords(action, trial.silent);
  throw new ManagerError(
    problem('CommandFailed', {
      attempted: `try the token ${action.tokenId} on every node`,
      failed: `refused by ${trial.refused.join(', ')}; what the store has in use was not touched`,
      remedy: 'Look whether these nodes are in sync with the cluster (pvecm status), then retry.',
    }),
  );
}

function silentInWords({ tokenId }: IssueToken, silent: readonly string[]): readonly string[] {
  return silent.map((node) => `${node} did not answer: ${tokenId} was not tried there.`);
}

async function requireInUse(
  writer: CredentialWriter,
  token: TokenCredentials,
  signal: AbortSignal,
): Promise<void> {
  const inUse = await writer.look('current', signal);
  if (inUse?.tokenId === token.tokenId && inUse.secret.equals(token.secret)) return;
  throw new ManagerError(
    problem('CredentialsMalformed', {
      attempted: `put ${token.tokenId} into use in ${writer.describe}`,
      failed: 'something else is there now',
      remedy: 'Look whether another program writes there, then retry.',
    }),
  );
}

/** The worker's own copy of an older token is forgotten; another worker's at its first 401. */
async function renew({ credentials }: AccessDependencies, tokenId: string): Promise<void> {
  const kept = await credentials.get().catch(() => undefined);
  if (kept !== undefined && kept.tokenId !== tokenId) credentials.invalidate(kept.secret);
}

/** Best effort, after a failure: what was made is not in use and nobody needs it. */
async function takeBack(
  shell: RootShell,
  attempt: ActivityAttempt,
  writer: CredentialWriter,
  token: TokenCredentials,
): Promise<void> {
  try {
    const inUse = await writer.look('current', attempt.signal);
    if (inUse?.secret.equals(token.secret) === true) return;
    attempt.requireAlive();
    await writer.discard(attempt.signal);
    await applyAction(shell, withoutMemory(attempt), { kind: 'removeToken', tokenId: token.tokenId });
  } catch {
    // The first failure counts; a new attempt removes the token before it makes another.
  }
}

/** Inside of the exchange a removal may be asked for again: the token's value is lost in any case. */
function withoutMemory(attempt: ActivityAttempt): ActivityAttempt {
  return { ...attempt, remembered: undefined, tellForSure: () => Promise.resolve() };
}

function isInterrupted(error: unknown): boolean {
  return error instanceof ManagerError && error.code === 'Interrupted';
}

function notWritable({ credentials }: AccessDependencies): ManagerError {
  return new ManagerError(
    problem('ConfigInvalid', {
      attempted: 'store a new token',
      failed: `${credentials.describe} can only be written to from outside`,
    }),
  );
}
