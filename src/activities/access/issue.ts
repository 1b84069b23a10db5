import { z } from 'zod';

import type { IssueToken } from '../../domain/accessPlan';
import { ManagerError, problem } from '../../domain/errors';
import { Secret } from '../../domain/secret';
import type { TokenCredentials } from '../../credentials/contract';
import type { CredentialWriter } from '../../credentials/writer';
import { tokenParts } from '../../planning/access/words';
import type { ActivityAttempt } from '../shared/attempt';
import { applyAction } from './apply';
import type { AccessStepArguments, AccessStepResult } from './contract';
import type { AccessDependencies } from './dependencies';
import { readTokens } from './lists';
import { createRootShell, type RootShell } from './rootShell';
import { trustingCluster } from './trust';
import { tryToken } from './tryToken';

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

  const present = (await readTokens(shell, tokenParts(action.tokenId).user)).find(
    ({ tokenId }) => tokenId === action.tokenId,
  );
  if (present !== undefined) {
    const inUse =
      present.privilegeSeparation === action.privilegeSeparation
        ? await writer.look('current', attempt.signal)
        : undefined;
    if (inUse?.tokenId === action.tokenId) {
      const trial = await tryToken(cluster, inUse, attempt.signal, 'once');
      if (trial.refused.length === 0) {
        await writer.discard(attempt.signal);
        await renew(dependencies, action.tokenId);
        return { outcome: 'kept', warnings: silentInWords(action, trial.silent) };
      }
    }
    attempt.requireAlive();
    await applyAction(shell, withoutMemory(attempt), { kind: 'removeToken', tokenId: action.tokenId });
  }

  const token = await addToken(shell, attempt, action);
  try {
    for (const entry of action.acl) await applyAction(shell, attempt, { kind: 'setAcl', entry });
    attempt.requireAlive();
    await writer.stage(token, attempt.signal);
    const warnings = await prove(token);
    attempt.requireAlive();
    await writer.accept(action, attempt.signal);
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
      failed: `refused by ${trial.refused.join(', ')}; the token in use was not touched`,
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
  return { ...attempt, remembered: undefined, tellNow: () => undefined };
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
