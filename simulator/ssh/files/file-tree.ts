import { FileError } from './file-error';

/** A file or a directory. Times are seconds since the epoch. */
export interface FileEntry {
  readonly kind: 'file' | 'directory';
  /** Of a file: its bytes, or how to get them now. */
  content: Buffer | (() => Buffer);
  /** Permission bits, e.g. 0o644. */
  mode: number;
  owner: number;
  group: number;
  modifiedAt: number;
}

/** Files in memory, by absolute path. Directories above a file that is put come into being with it. */
export class FileTree {
  private readonly entries = new Map<string, FileEntry>();

  constructor(
    private readonly now: () => number,
    /** Hears of each path that came, changed or went. */
    private readonly onChange: (path: string) => void = () => undefined,
  ) {
    this.entries.set('/', this.entry('directory', 0o755));
  }

  /** Puts a file there, whatever was there; for what is not done by a command. */
  put(path: string, content: FileEntry['content'], mode = 0o644): void {
    this.makeParents(path);
    this.entries.set(path, { ...this.entry('file', mode), content });
    this.onChange(path);
  }

  /** Makes a directory and those above it. */
  putDirectory(path: string, mode = 0o755): void {
    this.makeParents(path);
    if (!this.entries.has(path)) this.entries.set(path, this.entry('directory', mode));
  }

  find(path: string): FileEntry | undefined {
    return this.entries.get(path);
  }

  /** The entry; ENOENT, or ENOTDIR where a part of the path is a file. */
  get(path: string): FileEntry {
    const found = this.entries.get(path);
    if (found !== undefined) return found;
    for (let above = parentOf(path); above !== '/'; above = parentOf(above)) {
      if (this.entries.get(above)?.kind === 'file') throw new FileError('ENOTDIR');
    }
    throw new FileError('ENOENT');
  }

  read(path: string): Buffer {
    const { kind, content } = this.get(path);
    if (kind === 'directory') throw new FileError('EISDIR');
    return typeof content === 'function' ? content() : content;
  }

  /** Writes a whole file; a new one gets the mode, an old one keeps its own. */
  write(path: string, content: Buffer, mode: number): void {
    const old = this.entries.get(path);
    if (old?.kind === 'directory') throw new FileError('EISDIR');
    this.requireParent(path);
    if (old === undefined) this.entries.set(path, { ...this.entry('file', mode), content });
    else Object.assign(old, { content, modifiedAt: this.now() });
    this.onChange(path);
  }

  makeDirectory(path: string, mode: number): void {
    if (this.entries.has(path)) throw new FileError('EEXIST');
    this.requireParent(path);
    this.entries.set(path, this.entry('directory', mode));
  }

  remove(path: string): void {
    if (this.get(path).kind === 'directory') throw new FileError('EISDIR');
    this.entries.delete(path);
    this.onChange(path);
  }

  removeDirectory(path: string): void {
    if (this.get(path).kind === 'file') throw new FileError('ENOTDIR');
    if (this.list(path).length > 0) throw new FileError('ENOTEMPTY');
    this.entries.delete(path);
  }

  /** rename(2): what is at the new path is replaced. */
  rename(from: string, to: string): void {
    const entry = this.get(from);
    this.requireParent(to);
    if (this.entries.get(to)?.kind === 'directory') throw new FileError('EISDIR');
    for (const [path, moved] of [...this.entries]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.entries.delete(path);
      this.entries.set(to + path.slice(from.length), moved);
    }
    this.entries.set(to, entry);
    this.onChange(from);
    this.onChange(to);
  }

  /** Names in a directory, in order. */
  list(path: string): string[] {
    if (this.get(path).kind === 'file') throw new FileError('ENOTDIR');
    const prefix = path === '/' ? '/' : `${path}/`;
    return [...this.entries.keys()]
      .filter((other) => other !== '/' && other.startsWith(prefix))
      .map((other) => other.slice(prefix.length))
      .filter((name) => !name.includes('/'))
      .sort();
  }

  private requireParent(path: string): void {
    if (this.get(parentOf(path)).kind === 'file') throw new FileError('ENOTDIR');
  }

  private makeParents(path: string): void {
    if (path !== '/' && !this.entries.has(parentOf(path))) this.putDirectory(parentOf(path));
  }

  private entry(kind: FileEntry['kind'], mode: number): FileEntry {
    return { kind, content: Buffer.alloc(0), mode, owner: 0, group: 0, modifiedAt: Math.floor(this.now()) };
  }
}

/** The directory that a path is in. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
