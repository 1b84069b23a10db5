import { createHash } from 'node:crypto';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { PlaybookTree } from '../domain/ansible/plan';
import { ManagerError, problem } from '../domain/errors';
import { errorCode } from './errorCode';

/** What every file of a tree is: its path below the root -> kind and sha256 of its content. */
export type TreeManifest = Readonly<Record<string, string>>;

/** A tree as it was read, file by file. */
export interface ReadTree {
  readonly tree: PlaybookTree;
  readonly manifest: TreeManifest;
}

/** So much is read in a second or two. */
const mostFiles = 20_000;
const mostBytes = 512 * 1024 * 1024;
/** Files that are read at the same time. */
const atOnce = 16;

/** Limits of what is read; smaller ones are for tests. */
export interface TreeLimits {
  readonly mostFiles: number;
  readonly mostBytes: number;
}

/**
 * Reads all files of a tree: under version control or not, since a playbook may use any of them; folders called `.git`
 * are left out. Symbolic links count by where they point to, and are not followed. Throws InputInvalid where there is too
 * much of it, with the largest part.
 */
export async function readTree(
  root: string,
  signal: AbortSignal,
  limits: TreeLimits = { mostFiles, mostBytes },
): Promise<ReadTree> {
  const found = await filesBelow(root, limits, signal);
  const hashed = new Map<string, string>();
  const waiting = [...found];
  const read = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      signal.throwIfAborted();
      hashed.set(next.name, await describeFile(join(root, next.name), next));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, read));
  const names = found.map(({ name }) => name).toSorted();
  const manifest = Object.fromEntries(names.map((name) => [name, hashed.get(name) ?? '']));
  return {
    manifest,
    tree: {
      root,
      sha256: hashOfEntries(Object.entries(manifest)),
      files: found.length,
      bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
      parts: partsOf(manifest),
    },
  };
}

/** The sha256 of one file, or of a whole folder, beside a tree. Throws as readTree. */
export async function hashOfPath(path: string, signal: AbortSignal): Promise<string> {
  const facts = await lstat(path);
  if (facts.isDirectory()) return (await readTree(path, signal)).tree.sha256;
  return contentHash(path);
}

/** Names of files that are not the same in both, or in one of them only. */
export function changedFiles(before: TreeManifest, after: TreeManifest): readonly string[] {
  const was = new Map(Object.entries(before));
  const is = new Map(Object.entries(after));
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((name) => was.get(name) !== is.get(name))
    .toSorted();
}

interface FoundFile {
  /** Below the root, with slashes. */
  readonly name: string;
  readonly kind: 'file' | 'link' | 'other';
  readonly isExecutable: boolean;
  readonly bytes: number;
}

async function filesBelow(root: string, limits: TreeLimits, signal: AbortSignal): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const folders = [root];
  let bytes = 0;
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    signal.throwIfAborted();
    for (const entry of await listFolder(folder)) {
      if (entry.name === '.git') continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        folders.push(path);
        continue;
      }
      const { size, mode } = await lstat(path);
      const kind = entry.isFile() ? 'file' : entry.isSymbolicLink() ? 'link' : 'other';
      const counted = kind === 'file' ? size : 0;
      bytes += counted;
      found.push({ name: relative(root, path), kind, isExecutable: (mode & 0o111) !== 0, bytes: counted });
      if (found.length > limits.mostFiles || bytes > limits.mostBytes) throw tooMuch(root, found, limits);
    }
  }
  return found;
}

async function describeFile(path: string, { kind, isExecutable }: FoundFile): Promise<string> {
  if (kind === 'other') return 'other';
  if (kind === 'link')
    return `link ${createHash('sha256')
      .update(await readlink(path))
      .digest('hex')}`;
  return `${isExecutable ? 'program' : 'file'} ${await contentHash(path)}`;
}

/** A file that went away meanwhile is one that has changed. */
async function contentHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    const file = await open(path, 'r');
    try {
      for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(asBytes(chunk));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'gone';
    throw unreadable(path, error);
  }
  return hash.digest('hex');
}

async function listFolder(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, error);
  }
}

function unreadable(path: string, error: unknown): ManagerError {
  return new ManagerError(
    problem('ConfigInvalid', {
      attempted: 'read the tree of playbooks',
      failed: `${path} can't be read (${errorCode(error)})`,
      remedy: "Let the worker's user read it, or take it out of the tree.",
    }),
  );
}

function asBytes(chunk: unknown): Uint8Array {
  return chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));
}

function hashOfEntries(entries: readonly (readonly [string, string])[]): string {
  const hash = createHash('sha256');
  for (const [name, content] of entries) hash.update(`${JSON.stringify(name)} ${content}\n`);
  return hash.digest('hex');
}

function partsOf(manifest: TreeManifest): PlaybookTree['parts'] {
  const parts = new Map<string, [string, string][]>();
  for (const [name, content] of Object.entries(manifest)) {
    const [top = ''] = name.split('/');
    const entries = parts.get(top) ?? [];
    entries.push([name, content]);
    parts.set(top, entries);
  }
  return [...parts].map(([name, entries]) => ({ name, sha256: hashOfEntries(entries) }));
}

function tooMuch(root: string, found: readonly FoundFile[], limits: TreeLimits): ManagerError {
  const sizes = new Map<string, { files: number; bytes: number }>();
  for (const { name, bytes } of found) {
    const [top = ''] = name.split('/');
    const { files, bytes: sum } = sizes.get(top) ?? { files: 0, bytes: 0 };
    sizes.set(top, { files: files + 1, bytes: sum + bytes });
  }
  const isBySize = found.length <= limits.mostFiles;
  const [largest] = [...sizes].toSorted(([, one], [, other]) =>
    isBySize ? other.bytes - one.bytes : other.files - one.files,
  );
  const mebibytes = Math.round(limits.mostBytes / (1024 * 1024));
  return new ManagerError(
    problem('InputInvalid', {
      attempted: `read the tree of playbooks ${root}`,
      failed: `it has more than ${isBySize ? `${mebibytes} MiB` : `${limits.mostFiles} files`}; most of them so far in ${largest?.[0] ?? root}`,
      remedy:
        'An approval covers every file below ansible.fleet_infra_path: name a smaller folder there, or keep what no playbook uses elsewhere.',
    }),
  );
}
