import { setTimeout as delay } from 'node:timers/promises';
import { ManagerError, problem } from '../../domain/errors';
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
  /** A change that Proxmox took is not looked at again: what comes after it looks anyway, or nothing is built on it. */
  readonly trusted?: true;
}

/** So often a change is asked for, and this far apart. */
const tries = 3;
const pauseMs = 2_000;

/**
 * Changes a configuration until it is as wanted, which is looked at again after each change that is not trusted; what was
 * seen last. Every request has the digest of what was looked at right before it, so of two that are alike one is refused,
 * and so is a late one: that is what allows to ask again after a lost answer, or after somebody else has changed something;
 * the last lost answer is looked after too.
 */
export async function changeUntilSo<Seen extends GuestPlace & { readonly digest: string }>(
  client: ProxmoxClient,
  attempt: Pick<ActivityAttempt, 'signal' | 'requireAlive'>,
  { look, missing, trusted }: ConfigWish<Seen>,
): Promise<Seen> {
  let failed: ManagerError | undefined;
  for (let count = 1; ; count += 1) {
    const seen = await look();
    const parameters = missing(seen);
    if (Object.keys(parameters).length === 0) return seen;
    if (count > tries) throw failed ?? notSo(seen, Object.keys(parameters));
    attempt.requireAlive();
    try {
      await changeConfig(client, seen, seen.digest, parameters, { signal: attempt.signal });
      if (trusted === true) return seen;
      failed = undefined;
    } catch (error) {
      if (!isCode(error, 'OutcomeUnknown') && !isChangedMeanwhile(error)) throw error;
      failed = error;
      await delay(pauseMs, undefined, { signal: attempt.signal });
    }
  }
}

/** Proxmox took each change, and none is to be seen. */
function notSo({ node, vmid }: GuestPlace, keys: readonly string[]): ManagerError {
  return new ManagerError(
    problem('NotAsExpected', {
      attempted: `change the configuration of VM ${vmid}`,
      node,
      failed: `each of ${tries} changes was accepted, and still its configuration is not so: ${keys.join(', ')}`,
      remedy: `Look at VM ${vmid} on ${node}: somebody may be changing it back. Then retry.`,
    }),
  );
}

/** Whether a change was refused because the configuration is not that of the digest any more. */
export function isChangedMeanwhile(error: unknown): error is ManagerError {
  return error instanceof ManagerError && /checksum mismatch/.test(error.problem.proxmoxSaid ?? '');
}
