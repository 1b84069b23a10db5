import type { ListedGuest } from './facts';

/**
 * The groups of like guests that a guest belongs to: one for each tag, one for its name's stem (`web-1`,
 * `web02` -> `web`). Like guests are spread over the targets. An unnamed guest has no stem.
 */
export function groupsOf(guest: Pick<ListedGuest, 'vmid' | 'name' | 'tags'>): readonly string[] {
  const stem = nameStem(guest);
  const tags = guest.tags.map((tag) => `tag ${tag}`);
  return stem === undefined ? tags : [nameGroup(stem), ...tags];
}

/** The group of guests that share a name's stem. */
export function nameGroup(stem: string): string {
  return `name ${stem}`;
}

/** The name without its number; undefined if nothing is left or Proxmox made the name up. */
export function nameStem(guest: Pick<ListedGuest, 'vmid' | 'name'>): string | undefined {
  if (guest.name === `VM ${guest.vmid}` || guest.name === `CT${guest.vmid}`) return undefined;
  const stem = guest.name.toLowerCase().replace(/[-_.]?\d+$/, '');
  return stem === '' ? undefined : stem;
}
