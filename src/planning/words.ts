import type { GuestRef } from '../domain/guest';

/** How a guest is called in texts: `VM 101 (web-1)`, `container 300 (dns)`, `VM 102` without a name. */
export function guestInWords(guest: GuestRef): string {
  const kind = guest.kind === 'qemu' ? 'VM' : 'container';
  const unnamed = guest.name === `VM ${guest.vmid}` || guest.name === `CT${guest.vmid}` || guest.name === '';
  return `${kind} ${guest.vmid}${unnamed ? '' : ` (${guest.name})`}`;
}

/** `a`, `a and b`, `a, b and c`; long lists end in `and n more`. */
export function listInWords(items: readonly string[], shown = 5): string {
  const hidden = items.length - shown;
  const parts = hidden > 0 ? [...items.slice(0, shown), `${hidden} more`] : items;
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

/** Orders text by code units: the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
