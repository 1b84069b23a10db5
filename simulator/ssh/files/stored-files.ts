import type { ClusterState } from '../../cluster/state';
import type { StorageState } from '../../cluster/storages';
import { checkedFileName, fileFormat, isFileContent } from '../../storage/content-folders';
import { factsOf } from '../../web/file-facts';
import type { FileTree } from './file-tree';

/** A file that came, changed or went. */
export interface ChangedFile {
  readonly tree: FileTree;
  readonly path: string;
  /** The node it is on; undefined on a shared storage. */
  readonly node: string | undefined;
}

/** Where the files of a storage lie, by content. */
const folders: Readonly<Record<string, string>> = {
  snippets: 'snippets',
  import: 'import',
  iso: 'template/iso',
  vztmpl: 'template/cache',
};

/** Where a storage of files is mounted. */
export function storageFolder(storage: StorageState): string {
  return storage.path ?? `/mnt/pve/${storage.id}`;
}

/** Snippets, images and templates are files that lists of contents show: a file that came or went is a volume that did. */
export function noteFile(cluster: ClusterState, storages: readonly StorageState[], file: ChangedFile): void {
  for (const storage of storages) {
    for (const [content, folder] of Object.entries(folders)) {
      const prefix = `${storageFolder(storage)}/${folder}/`;
      const name = file.path.slice(prefix.length);
      const isInFolder = file.path.startsWith(prefix) && name !== '' && !name.includes('/');
      if (isInFolder && hasExtension(content, name)) noteVolume(cluster, storage, { ...file, content, name });
    }
  }
}

function hasExtension(content: string, name: string): boolean {
  if (!isFileContent(content)) return true;
  try {
    return checkedFileName(content, name) === name;
  } catch {
    return false;
  }
}

function noteVolume(
  cluster: ClusterState,
  storage: StorageState,
  { tree, path, node, content, name }: ChangedFile & { readonly content: string; readonly name: string },
): void {
  const volid = `${storage.id}:${content}/${name}`;
  const entry = tree.find(path);
  const old = cluster.volumes.find(volid, node ?? '');
  if (old !== undefined) cluster.volumes.remove(old);
  if (entry?.kind !== 'file' || !storage.content.includes(content)) return;
  const bytes = tree.read(path);
  const file = isFileContent(content) ? factsOf(bytes) : undefined;
  cluster.volumes.add({
    volid,
    storage: storage.id,
    node,
    vmid: undefined,
    format: isFileContent(content) ? fileFormat(content, name) : 'snippet',
    content,
    sizeBytes: bytes.length,
    virtualSizeBytes: content === 'import' ? file?.image.virtualSizeBytes : undefined,
    usedBytes: bytes.length,
    createdAt: entry.modifiedAt,
    parent: undefined,
    notes: undefined,
    file,
    text: file === undefined ? bytes.toString('utf8') : undefined,
    removeFile: () => {
      if (tree.find(path) !== undefined) tree.remove(path);
    },
  });
}
