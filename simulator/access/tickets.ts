import { createHmac } from 'node:crypto';
import type { AccessState } from './state';

/** How long a ticket is valid, and how far its time may lie ahead (behaviour.md 2.2). */
const validSeconds = 2 * 3600;
const aheadSeconds = 300;

/** A ticket for a user: `PVE:<user>:<HEX time>::<signature>`. */
export function writeTicket(access: AccessState, user: string, now: number): string {
  const plain = `PVE:${user}:${Math.floor(now).toString(16).toUpperCase().padStart(8, '0')}`;
  return `${plain}::${sign(access, plain)}`;
}

/** The user of a valid ticket; undefined for any other text. */
export function readTicket(access: AccessState, ticket: string, now: number): string | undefined {
  const [, plain, user, hexTime, signature] = /^(PVE:([^:]+):([0-9A-F]{8}))::(.+)$/.exec(ticket) ?? [];
  if (plain === undefined || user === undefined || hexTime === undefined) return undefined;
  if (signature !== sign(access, plain)) return undefined;
  const age = now - parseInt(hexTime, 16);
  return age > validSeconds || age < -aheadSeconds ? undefined : user;
}

/** The token that writes with a ticket need in the header CSRFPreventionToken. */
export function csrfTokenFor(access: AccessState, user: string): string {
  return sign(access, `CSRF:${user}`);
}

function sign(access: AccessState, text: string): string {
  return createHmac('sha256', access.ticketKey).update(text).digest('base64');
}
