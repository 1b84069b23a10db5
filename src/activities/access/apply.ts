import { setTimeout as delay } from 'node:timers/promises';

import type { AccessCommand } from '../../domain/accessPlan';
import { ManagerError, problem } from '../../domain/errors';
import { step } from '../../planning/access/words';
import type { ActivityAttempt } from '../shared/attempt';
import type { AccessStepResult } from './contract';
import { lookAtGoal } from './goals';
import { isNotLoggedIn, type RootShell } from './rootShell';

/** The commands of Proxmox take about a second. */
const looksAfterCut = 3;
const lookEveryMs = 1_000;

/**
 * Reaches the goal of one step: looks, acts once, looks again. A removal that an earlier attempt has asked for and
 * that is still not done is not asked for again by itself (OutcomeUnknown). Throws PlanDrifted where what is there must
 * not be touched any more.
 */
export async function applyAction(
  shell: RootShell,
  attempt: ActivityAttempt,
  action: AccessCommand,
): Promise<AccessStepResult> {
  const seen = await lookAtGoal(shell, action);
  const attempted = step(action).title;
  if (seen.state === 'reached') return { outcome: 'kept', warnings: [] };
  if (seen.state === 'refused') {
    throw new ManagerError(problem('PlanDrifted', { attempted, failed: seen.why }));
  }
  if (action.kind.startsWith('remove')) {
    if (wasAskedFor(attempt.remembered)) throw unknownRemoval(attempted);
    await attempt.tellForSure(asked);
  }
  attempt.requireAlive();
  try {
    await shell.change(seen.command);
  } catch (error) {
    // Cut, or another attempt was faster: what the cluster shows counts.
    if (!(error instanceof ManagerError)) throw error;
    if (isNotDone(error)) await forget(attempt);
    if (!mayBeDone(error)) throw error;
    if (await isReachedSoon(shell, attempt, action, error)) return { outcome: 'changed', warnings: [] };
    throw error;
  }
  if ((await lookAtGoal(shell, action)).state === 'reached') return { outcome: 'changed', warnings: [] };
  throw new ManagerError(
    problem('CommandFailed', {
      attempted,
      failed: 'the command ended well, but the cluster does not show it',
    }),
  );
}

/** A command that was cut may still be at work: it is looked for several times. */
async function isReachedSoon(
  shell: RootShell,
  { signal }: ActivityAttempt,
  action: AccessCommand,
  { code }: ManagerError,
): Promise<boolean> {
  for (let left = code === 'OutcomeUnknown' ? looksAfterCut : 1; ; left -= 1) {
    if ((await lookAtGoal(shell, action)).state === 'reached') return true;
    if (left <= 1) return false;
    await delay(lookEveryMs, undefined, { signal });
  }
}

function mayBeDone({ code }: ManagerError): boolean {
  return code === 'OutcomeUnknown' || code === 'CommandFailed';
}

/** What the next attempt has to know of a removal that is on its way. */
const asked = { asked: true };

function wasAskedFor(remembered: unknown): boolean {
  return typeof remembered === 'object' && remembered !== null && 'asked' in remembered;
}

/** No node took the command, or the cluster refused to change anything. */
function isNotDone(error: ManagerError): boolean {
  return error.code === 'NoQuorum' || isNotLoggedIn(error);
}

/** The next attempt may ask by itself. Where that can't be told, it asks a person, which is never wrong. */
async function forget(attempt: ActivityAttempt): Promise<void> {
  await attempt.tellForSure({}).catch(() => undefined);
}

function unknownRemoval(attempted: string): ManagerError {
  return new ManagerError(
    problem('OutcomeUnknown', {
      attempted,
      failed: 'it was asked for once, by a worker that ended before the answer, and is not done',
      remedy: 'Look at the cluster (pveum on a node); retry asks for it again.',
    }),
  );
}
