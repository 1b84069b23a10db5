/** Storage types where freed blocks come back to others: there a disk passes discards on and calls itself an SSD. */
const thinTypes: ReadonlySet<string> = new Set([
  'lvmthin',
  'zfspool',
  'zfs',
  'rbd',
  'btrfs',
  'dir',
  'nfs',
  'cifs',
]);

/** Whether a disk on a storage of this type profits from discard. */
export function profitsFromDiscard(storageType: string): boolean {
  return thinTypes.has(storageType);
}

/** A drive or another property string: `volume,option=value,...`. Options in the order given. */
export function propertyString(first: string, options: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(options).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${value}`],
  );
  return [first, ...given].join(',');
}

/** The first part of a property string and its options; a first part `key=value` counts as an option too. */
export function readProperties(text: string): {
  readonly first: string;
  readonly options: ReadonlyMap<string, string>;
} {
  const [first = '', ...rest] = text.split(',');
  const pairs = [first, ...rest].flatMap((part) => {
    const equals = part.indexOf('=');
    return equals < 0 ? [] : [[part.slice(0, equals), part.slice(equals + 1)] as const];
  });
  return { first, options: new Map(pairs) };
}
