import { createHash, randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../config/requireFolder';
import { ManagerError, problem } from '../domain/errors';
import type { Secret } from '../domain/secret';
import type { FileReference } from '../domain/talos/machine';

/** The files of a Talos cluster, by the folder that holds them. All of them are secrets. */
export function talosPaths(folder: string) {
  return {
    secrets: join(folder, 'secrets.yaml'),
    talosconfig: join(folder, 'talosconfig'),
    kubeconfig: join(folder, 'kubeconfig'),
    snapshots: join(folder, 'snapshots'),
    /** Files that live as long as a call; also the home of the tools, which like to leave caches there. */
    work: join(folder, 'work'),
  };
}

/** What is left of a call whose worker died is no longer in use after this: no call takes as long. */
const leftoverAfterMs = 60 * 60_000;

/** Makes the folder and those in it for this user only. Throws ConfigInvalid where others could look into it. */
export async function openTalosFolder(folder: string): Promise<void> {
  makeFolder(folder);
  const facts = await lstat(folder);
  if (!facts.isDirectory() || facts.uid !== process.getuid?.()) {
    throw folderError(folder, 'it is no folder of this user');
  }
  await chmod(folder, 0o700);
  const { work, snapshots } = talosPaths(folder);
  for (const inner of [work, snapshots]) await mkdir(inner, { recursive: true, mode: 0o700 });
  await removeLeftovers(work);
}

function folderError(folder: string, failed: string): ManagerError {
  return new ManagerError(
    problem('ConfigInvalid', {
      attempted: `use ${folder} for the secrets of a Talos cluster`,
      failed,
      remedy: 'Move away what is there, or name another state folder: export PXM_STATE_FOLDER=<folder>.',
    }),
  );
}

/**
 * Removes what calls of workers that died have left in the work places of all clusters below this folder, keys of Flux
 * among it: for a worker that begins, before its first call.
 */
export async function removeAllLeftovers(folder: string): Promise<void> {
  for (const cluster of await foldersIn(folder)) {
    for (const profile of await foldersIn(cluster)) {
      for (const instance of await foldersIn(profile)) await removeLeftovers(talosPaths(instance).work, true);
    }
  }
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

async function removeLeftovers(work: string, begins = false): Promise<void> {
  for (const name of await readdir(work).catch(() => [])) {
    const path = join(work, name);
    const facts = await stat(path).catch(() => undefined);
    if (facts?.isFile() !== true) continue;
    if (isOfTheDead(name, begins) || Date.now() - facts.mtimeMs > leftoverAfterMs) {
      await rm(path, { force: true });
    }
  }
}

/** Whose call a file in a work place is: of this process on this machine. */
const ownName = /\.(?<host>[^.]+)\.(?<pid>\d+)\.[0-9a-f-]{36}$/;

/** Whether a file is of a process of this machine that is not there any more; a worker that `begins` has none itself. */
function isOfTheDead(name: string, begins: boolean): boolean {
  const { host, pid } = ownName.exec(name)?.groups ?? {};
  if (host !== hostWord() || pid === undefined) return false;
  return Number(pid) === process.pid ? begins : !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

/** The name of this machine, as a part of a file's name. */
function hostWord(): string {
  return hostname().replace(/[^A-Za-z0-9_-]/g, '_') || 'here';
}

/** A path in the folder's work place that nobody else uses; it says whose it is. */
export function workPath(folder: string, name: string): string {
  return join(talosPaths(folder).work, `${name}.${hostWord()}.${process.pid}.${randomUUID()}`);
}

/** Writes a file for this user only, for as long as `use` takes. */
export async function withPrivateFile<T>(
  folder: string,
  name: string,
  content: Secret,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = workPath(folder, name);
  try {
    await writePrivately(path, content);
    return await use(path);
  } finally {
    await rm(path, { force: true });
  }
}

/** Writes a new file, 0600, to the disk itself. Throws EEXIST if it is there. */
export async function writePrivately(path: string, content: Secret): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content.reveal());
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts a finished file into its place, for this user only. */
export async function putInPlace(from: string, to: string): Promise<FileReference> {
  await chmod(from, 0o600);
  await rename(from, to);
  return referenceOf(to);
}

/** A file's path, digest and size. */
export async function referenceOf(path: string): Promise<FileReference> {
  const bytes = await readFile(path);
  return { path, sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length };
}

/** The same; undefined if there is no such file. */
export async function referenceIfThere(path: string): Promise<FileReference | undefined> {
  try {
    return await referenceOf(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Whether an error is this one of the operating system. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
