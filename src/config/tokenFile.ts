import { constants, type Stats } from 'node:fs';

/** No token entry is as long; a wrong path (a disk image, a device) must not fill the memory. */
const largestBytes = 64 * 1024;

/** How a token file is opened: a named pipe in its place must not block. */
export const tokenFileFlags = constants.O_RDONLY | constants.O_NONBLOCK;

/** Why a file may not hold the token. */
export type TokenFileFault = 'no small plain file' | 'of another user' | 'open to others';

/** What is wrong with a token file, by the facts of the opened file; undefined if nothing is. */
export function tokenFileFault(facts: Stats): TokenFileFault | undefined {
  if (!facts.isFile() || facts.size > largestBytes) return 'no small plain file';
  if (facts.uid !== process.getuid?.()) return 'of another user';
  return (facts.mode & 0o077) === 0 ? undefined : 'open to others';
}

/** `0640` */
export function modeText({ mode }: Stats): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}
