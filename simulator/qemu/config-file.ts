import { createHash } from 'node:crypto';
import type { GuestSnapshot, GuestState } from '../cluster/guests';

/** SHA-1 of the configuration file: the `digest` of GET config, equal to the recorded ones for equal configurations. */
export function configDigest(guest: GuestState): string {
  return createHash('sha1').update(configFile(guest)).digest('hex');
}

/** The text of the configuration file as Proxmox writes it: pending changes and snapshots are sections of it. */
export function configFile(guest: GuestState): string {
  const snapshots = [...guest.snapshots.values()].sort(byName);
  return [
    section(currentSection(guest)),
    ...(guest.pending.size === 0 ? [] : [`\n[PENDING]\n${section(pendingSection(guest))}`]),
    ...snapshots.map((snapshot) => `\n[${snapshot.name}]\n${section(snapshotSection(snapshot))}`),
  ].join('');
}

/** The configuration with the keys that are kept apart in the state: `parent`. */
export function currentSection({ config, currentSnapshot }: GuestState): Map<string, string> {
  return new Map([...config, ...optional('parent', currentSnapshot)]);
}

/** A snapshot's section with the keys that are kept apart in the state. */
export function snapshotSection(snapshot: GuestSnapshot): Map<string, string> {
  const { config, createdAt, description, parent } = snapshot;
  return new Map([
    ...[...config].filter(([key]) => key !== 'description' && key !== 'parent'),
    ['snaptime', String(createdAt)],
    ...optional('description', description),
    ...optional('parent', parent),
  ]);
}

function pendingSection({ pending }: GuestState): Map<string, string> {
  const deleted = [...pending].filter(([, value]) => value === undefined).map(([key]) => key);
  const changed = [...pending].flatMap(([key, value]) => optional(key, value));
  return new Map([
    ...changed,
    ...optional('delete', deleted.length === 0 ? undefined : deleted.sort().join(',')),
  ]);
}

function optional(key: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[key, value]];
}

function section(values: ReadonlyMap<string, string>): string {
  const description = values.get('description') ?? '';
  const comment = description === '' ? [] : description.split('\n').map((line) => `#${encodeLine(line)}\n`);
  const keys = [...values.keys()].filter((key) => key !== 'description').sort();
  return [...comment, ...keys.map((key) => `${key}: ${values.get(key) ?? ''}\n`)].join('');
}

/** Percent-encodes control characters, all that is not ASCII, `%` and `:`. */
function encodeLine(line: string): string {
  return [...Buffer.from(line, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      const plain = byte >= 0x20 && byte < 0x7f && character !== '%' && character !== ':';
      return plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function byName(one: GuestSnapshot, other: GuestSnapshot): number {
  return one.name < other.name ? -1 : 1;
}
