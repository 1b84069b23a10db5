/** The code of an error of the operating system, such as `ENOENT`; `unknown` for any other. */
export function systemCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
}
