import { setTimeout as delay } from 'node:timers/promises';
import { ManagerError } from '../../domain/errors';
import { changeConfig, type BuildParameters } from '../../proxmox/api/build';
import type { GuestPlace } from '../../proxmox/api/guests';
import type { ProxmoxClient } from '../../proxmox/types';
import { isCode } from '../shared/adoption';
import type { ActivityAttempt } from '../shared/attempt';

/** A configuration that is to become otherwise. */
export interface ConfigWish<Seen extends GuestPlace & { readonly digest: string }> {
  /** Looks at the guest, before each request. Throws where it is not the one that is meant. */
  readonly look: () => Promise<Seen>;
  /** What has to be set or deleted still; empty: it is so. */
  readonly missing: (seen: Seen) => BuildParameters;
}

/** So often a change is asked for, and this far apart. */
const tries = 3;
const pauseMs = 2_000;

/**
 * Changes a configuration until it is as wanted; what was seen last. Every request has the digest of what was looked at
 * right before it, so of two that are alike one is refused, and so is a late one: that is what allows to ask again after
 * a lost answer, or after somebody else has changed something.
 */
export async function changeUntilSo<Seen extends GuestPlace & { readonly digest: string }>(
  client: ProxmoxClient,
  attempt: Pick<ActivityAttempt, 'signal' | 'requireAlive'>,
  { look, missing }: ConfigWish<Seen>,
): Promise<Seen> {
  for (let count = 1; ; count += 1) {
    const seen = await look();
    const parameters = missing(seen);
    if (Object.keys(parameters).length === 0) return seen;
    attempt.requireAlive();
    try {
      await changeConfig(client, seen, seen.digest, parameters, { signal: attempt.signal });
      return seen;
    } catch (error) {
      const mayAskAgain = isCode(error, 'OutcomeUnknown') || isChangedMeanwhile(error);
      if (!mayAskAgain || count === tries) throw error;
      await delay(pauseMs, undefined, { signal: attempt.signal });
    }
  }
}

/** Whether a change was refused because the configuration is not that of the digest any more. */
export function isChangedMeanwhile(error: unknown): boolean {
  return error instanceof ManagerError && /checksum mismatch/.test(error.problem.proxmoxSaid ?? '');
}
