import { createHmac } from 'node:crypto';
import type { AccessState } from './state';

/** A node whose tickets are signed with a key of its own, while it is in no cluster. */
interface Signer {
  readonly ownTicketKey: string | undefined;
}

/** How long a ticket is valid, and how far its time may lie ahead (behaviour.md 2.2). */
const validSeconds = 2 * 3600;
const aheadSeconds = 300;

/** A ticket for a user: `PVE:<user>:<HEX time>::<signature>`. */
export function writeTicket(access: AccessState, node: Signer, user: string, now: number): string {
  const plain = `PVE:${user}:${Math.floor(now).toString(16).toUpperCase().padStart(8, '0')}`;
  return `${plain}::${sign(access, node, plain)}`;
}

/** The user of a valid ticket; undefined for any other text. */
export function readTicket(
  access: AccessState,
  node: Signer,
  ticket: string,
  now: number,
): string | undefined {
  const [, plain, user, hexTime, signature] = /^(PVE:([^:]+):([0-9A-F]{8}))::(.+)$/.exec(ticket) ?? [];
  if (plain === undefined || user === undefined || hexTime === undefined) return undefined;
  if (signature !== sign(access, node, plain)) return undefined;
  const age = now - parseInt(hexTime, 16);
  return age > validSeconds || age < -aheadSeconds ? undefined : user;
}

/** The token that writes with a ticket need in the header CSRFPreventionToken. */
export function csrfTokenFor(access: AccessState, node: Signer, user: string): string {
  return sign(access, node, `CSRF:${user}`);
}

function sign(access: AccessState, { ownTicketKey }: Signer, text: string): string {
  return createHmac('sha256', ownTicketKey ?? access.ticketKey)
    .update(text)
    .digest('base64');
}
