import type { ExecutablePin } from './pins';
import { run } from './run';

/** What is known of a file that should be the executable. */
export type VersionCheck =
  | { readonly kind: 'tested' }
  /** It runs, but no test has run with this version. */
  | { readonly kind: 'untested'; readonly version: string }
  | { readonly kind: 'broken'; readonly why: string };

/** Runs `<file> --version` and compares (within 30 s: a first start may be scanned by the system). */
export async function checkVersion(pin: ExecutablePin, file: string): Promise<VersionCheck> {
  if (pin.testedPrefix === undefined) return { kind: 'tested' };
  const asked = await run(file, ['--version'], { timeoutMs: 30_000 });
  if (!asked.ok) return { kind: 'broken', why: asked.why };
  const version = /\bversion (\d+\.\d+\.\d+\S*)/.exec(asked.stdout)?.[1];
  if (version === undefined) return { kind: 'broken', why: 'it does not tell its version' };
  return version.startsWith(pin.testedPrefix) ? { kind: 'tested' } : { kind: 'untested', version };
}
