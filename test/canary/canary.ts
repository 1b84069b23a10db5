import { randomBytes, randomUUID } from 'node:crypto';

/** The API token of the runs: whose id it is, and the canary as its secret. */
export interface CanaryToken {
  readonly id: string;
  readonly secret: string;
  /** The two lines that `pass` and a credentials file hold. */
  readonly entry: string;
}

/**
 * A token whose secret no other thing on this machine is: a UUID like those that Proxmox gives out, and in both
 * halves characters that look different in a URL.
 */
export function newCanaryToken(): CanaryToken {
  const id = 'claude-code@pve!automation';
  const secret = newCanary();
  return { id, secret, entry: `${id}\n${secret}\n` };
}

/** A text of that kind: a password, a passphrase. */
export function newCanary(): string {
  return `/+${randomUUID()}%&${randomBytes(16).toString('hex')}?~`;
}
