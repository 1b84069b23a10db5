import type { GuestState } from '../cluster/guests';
import { currentSection } from './config-file';

/** Configuration keys that read as numbers; all others are texts (observed: Types). */
const numericKeys = new Set([
  'acpi',
  'allow-ksm',
  'autostart',
  'balloon',
  'ciupgrade',
  'cores',
  'cpuunits',
  'freeze',
  'keephugepages',
  'kvm',
  'localtime',
  'migrate_speed',
  'numa',
  'onboot',
  'protection',
  'reboot',
  'shares',
  'smp',
  'snaptime',
  'sockets',
  'tablet',
  'tdf',
  'template',
  'vcpus',
]);

/** How an empty value reads back (observed: Types). */
const blank = ' ';

/** A value of a configuration as GET shows it: numbers for integers and booleans, passwords hidden. */
export function shownValue(key: string, value: string): string | number {
  if (key === 'cipassword') return '**********';
  if (value === '') return blank;
  return numericKeys.has(key) ? Number(value) : value;
}

/** A configuration as GET shows it, without its digest. */
export function shownConfig(config: ReadonlyMap<string, string>): Record<string, string | number> {
  return Object.fromEntries([...config].map(([key, value]) => [key, shownValue(key, value)]));
}

/** The configuration as it will be: pending changes applied, pending deletions left out. */
export function futureConfig(guest: GuestState): Map<string, string> {
  const future = currentSection(guest);
  for (const [key, value] of guest.pending) {
    if (value === undefined) future.delete(key);
    else future.set(key, value);
  }
  return future;
}
