import type { Word } from './script';
import type { Invocation } from './programs';

const always = new Set(
  'blkdiscard dd lvremove mkfs mkswap pvremove rmdir sfdisk sgdisk shred truncate unlink vgremove wipefs'.split(
    ' ',
  ),
);

/** The words after which a program takes something away. */
const words: Readonly<Record<string, readonly string[]>> = {
  ceph: ['osd purge', 'osd destroy', 'osd pool delete', 'fs rm'],
  kubectl: ['delete', 'drain'],
  pct: ['destroy', 'rollback', 'delsnapshot'],
  pveceph: ['destroy', 'purge'],
  pvecm: ['delnode'],
  pvesh: ['delete'],
  pvesm: ['free', 'remove'],
  pveum: [
    'user delete',
    'role delete',
    'group delete',
    'acl delete',
    'pool delete',
    'realm delete',
    'user token remove',
    'user token delete',
  ],
  qm: ['destroy', 'rollback', 'delsnapshot', 'unlink', 'disk unlink'],
  rbd: ['rm', 'remove', 'snap rm', 'snap rollback'],
  talosctl: ['reset'],
  zfs: ['destroy', 'rollback'],
  zpool: ['destroy', 'labelclear', 'remove'],
};

/** What a command takes away for good, as it is written; undefined where it does not. */
export function destructionBy({ name, arguments: given }: Invocation): string | undefined {
  if (name === undefined) return undefined;
  if (always.has(name) || name.startsWith('mkfs.')) return name;
  if (name === 'rm') return given.every(isTemporary) ? undefined : 'rm';
  if (name === 'find') return given.some(({ literal }) => literal === '-delete') ? 'find -delete' : undefined;
  const line = given
    .flatMap(({ literal }) => (literal === undefined || literal.startsWith('-') ? [] : [literal]))
    .join(' ');
  const found = Object.hasOwn(words, name)
    ? words[name]?.find((it) => `${line} `.startsWith(`${it} `))
    : undefined;
  return found === undefined ? undefined : `${name} ${found}`;
}

/** An option other than a recursive one, or a single file below /tmp. */
function isTemporary({ literal }: Word): boolean {
  if (literal === undefined) return false;
  if (literal.startsWith('-')) return /^-[fiv]+$|^--(force|verbose)$/.test(literal);
  return /^\/(var\/)?tmp\/[^/]/.test(literal) && !literal.includes('..');
}
