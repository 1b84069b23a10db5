/** Why a file could not be opened or read, as the end of a sentence about it. */
export function reasonOfFailedRead(error: unknown): string {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
  return code === 'ENOENT' ? 'does not exist' : `can't be read (${code})`;
}
