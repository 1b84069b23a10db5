import path from 'node:path';
import { FileError } from './file-error';
import type { FileEntry, FileTree } from './file-tree';

/** A file system that is mounted into a node's tree. */
export interface Mount {
  readonly at: string;
  readonly tree: FileTree;
  /** False while nothing can be written: /etc/pve without quorum. */
  readonly canWrite?: () => boolean;
  /** True where modes and owners are fixed: /etc/pve. */
  readonly fixedModes?: boolean;
}

/** The files of one node, as root sees them. Paths may be relative to /root. */
export class NodeFiles {
  constructor(
    private readonly node: string,
    /** Any order; the root file system is mounted at `/`. */
    private readonly mounts: readonly Mount[],
  ) {}

  /** The absolute path without `.`, `..` and the link /etc/pve/local. */
  resolve(given: string): string {
    const absolute = path.posix.resolve('/root', given);
    return absolute.replace(/^\/etc\/pve\/local(?=\/|$)/, `/etc/pve/nodes/${this.node}`);
  }

  stat(given: string): FileEntry & { readonly sizeBytes: number } {
    const absolute = this.resolve(given);
    const entry = this.mountOf(absolute).tree.get(absolute);
    return {
      ...entry,
      sizeBytes: entry.kind === 'file' ? this.mountOf(absolute).tree.read(absolute).length : 4096,
    };
  }

  exists(given: string): boolean {
    const absolute = this.resolve(given);
    return this.mountOf(absolute).tree.find(absolute) !== undefined;
  }

  read(given: string): Buffer {
    const absolute = this.resolve(given);
    return this.mountOf(absolute).tree.read(absolute);
  }

  write(given: string, content: Buffer, mode: number): void {
    const absolute = this.resolve(given);
    const mount = this.writable(absolute);
    mount.tree.write(absolute, content, mount.fixedModes === true ? 0o640 : mode);
  }

  remove(given: string): void {
    const absolute = this.resolve(given);
    this.writable(absolute).tree.remove(absolute);
  }

  rename(from: string, to: string): void {
    const [source, target] = [this.resolve(from), this.resolve(to)];
    const mount = this.writable(source);
    if (mount !== this.writable(target)) throw new FileError('EXDEV');
    mount.tree.rename(source, target);
  }

  makeDirectory(given: string, mode: number): void {
    const absolute = this.resolve(given);
    this.writable(absolute).tree.makeDirectory(absolute, mode);
  }

  removeDirectory(given: string): void {
    const absolute = this.resolve(given);
    this.writable(absolute).tree.removeDirectory(absolute);
  }

  list(given: string): string[] {
    const absolute = this.resolve(given);
    return this.mountOf(absolute).tree.list(absolute);
  }

  /** Changes mode, owner, group or time. */
  change(given: string, change: Partial<Pick<FileEntry, 'mode' | 'owner' | 'group' | 'modifiedAt'>>): void {
    const absolute = this.resolve(given);
    const mount = this.writable(absolute);
    const entry = mount.tree.get(absolute);
    if (mount.fixedModes === true && change.modifiedAt === undefined) throw new FileError('EPERM');
    Object.assign(entry, change);
  }

  private writable(absolute: string): Mount {
    const mount = this.mountOf(absolute);
    if (mount.canWrite?.() === false) throw new FileError('EACCES');
    return mount;
  }

  /** The innermost mount that the path lies in. */
  private mountOf(absolute: string): Mount {
    const around = this.mounts.filter(
      ({ at }) => at === '/' || absolute === at || absolute.startsWith(`${at}/`),
    );
    const [inner] = around.sort((one, other) => other.at.length - one.at.length);
    if (inner === undefined) throw new FileError('ENOENT');
    return inner;
  }
}
