import type { ApiCall } from '../http/call';
import { fail } from '../http/errors';
import type { FileFacts } from '../web/file-facts';
import type { StorageState } from '../cluster/storages';
import { fileFormat, type FileContent } from './content-folders';

/** A file that becomes a volume. */
export interface NewFile {
  readonly storage: StorageState;
  readonly content: FileContent;
  readonly name: string;
  readonly volid: string;
}

/** Fails unless the image is of the format that its name says (recording f1); raw images may be anything. */
export function verifyImage(
  { image }: FileFacts,
  { path, name }: { readonly path: string; readonly name: string },
): void {
  const wanted = name.split('.').at(-1)?.toLowerCase();
  if (wanted !== 'qcow2' && wanted !== 'vmdk') return;
  if (image.format === wanted) return;
  const why = wanted === 'qcow2' ? 'Image is not in qcow2 format' : 'invalid VMDK image descriptor';
  fail(`failed to verify file: qemu-img: Could not open '${path}': ${why}`);
}

/** Puts the file on the storage; one of the same name is replaced. `node` is where it lies on a storage that is not shared. */
export function addFile(
  { cluster, node }: ApiCall,
  { storage, content, name, volid }: NewFile,
  file: FileFacts,
  nodeName = node.name,
): void {
  const isRaw = name.toLowerCase().endsWith('.raw');
  cluster.volumes.add({
    volid,
    storage: storage.id,
    node: storage.shared ? undefined : nodeName,
    vmid: undefined,
    format: fileFormat(content, name),
    content,
    sizeBytes: file.sizeBytes,
    virtualSizeBytes: content === 'import' && !isRaw ? file.image.virtualSizeBytes : undefined,
    usedBytes: file.sizeBytes,
    createdAt: cluster.clock.epochSeconds(),
    parent: undefined,
    notes: undefined,
    file,
    inside: file.inside,
  });
}
