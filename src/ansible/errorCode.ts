/** The code of an error of the file system, e.g. `ENOENT`; `unknown` where it has none. */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
}
