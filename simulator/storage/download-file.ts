import { storageSpace, type StorageState } from '../cluster/storages';
import type { VolumeState } from '../cluster/volumes';
import type { ApiCall } from '../http/call';
import { fail } from '../http/errors';
import type { TaskWorker } from '../tasks/worker';
import { checksumAlgorithms, checksumsOf } from '../web/digests';
import type { FileFacts } from '../web/file-facts';
import type { Compression } from '../web/web-answer';
import type { FileContent } from './content-folders';
import { addFile, verifyImage } from './file-volumes';
import { volumePath } from './volume-names';
import { download } from './wget';

/** A download that was asked for. */
export interface DownloadWish {
  readonly storage: StorageState;
  readonly content: FileContent;
  readonly name: string;
  readonly volid: string;
  readonly url: string;
  readonly checksum: string | undefined;
  readonly algorithm: string | undefined;
  readonly compression: Compression | undefined;
  readonly verifyCertificates: boolean;
}

/** The worker of a download: into a temporary file, which is checked, unpacked and then gets its name (recording f1). */
export async function downloadFile(call: ApiCall, worker: TaskWorker, wish: DownloadWish): Promise<void> {
  const { cluster, node } = call;
  const { storage, content, compression, volid, url } = wish;
  if (compression !== undefined && content !== 'iso') fail(`decompression not supported for ${content}`);
  const path = volumePath(storage, volid);
  worker.log(`downloading ${url} to ${path}`);
  const existing = cluster.volumes.find(volid, node.name);
  if (existing !== undefined) return compareExisting(call, worker, wish, existing);
  const temporary = new TemporaryFile(call, storage);
  try {
    const temporaryPath = `${path}.tmp_dwnl.${worker.pid}`;
    const received = await download({
      cluster,
      worker,
      url,
      path: temporaryPath,
      verifyCertificates: wish.verifyCertificates,
      compression,
      linkBytesPerSecond: cluster.network.linkOfNode.get(node.name) ?? cluster.network.linkBytesPerSecond,
      room: () => cluster.volumes.availableBytes(storage, node.name),
      written: (bytes) => temporary.grow(bytes),
    });
    await verifyChecksum(call, worker, wish, received.file);
    const file = received.unpacked ?? received.file;
    if (received.unpacked !== undefined) {
      worker.log(`decompressing ${temporaryPath} to ${temporaryPath}.decomp`);
      await worker.sleep(file.sizeBytes / cluster.network.diskBytesPerSecond);
    }
    if (content === 'import') verifyImage(file, { path: temporaryPath, name: wish.name });
    temporary.remove();
    addFile(call, wish, file);
    worker.log(`download of '${url}' to '${path}' finished`);
  } catch (error) {
    temporary.remove();
    throw error;
  }
}

/** What a temporary file takes of a storage: it is in no list. It stays when its writer is killed. */
class TemporaryFile {
  private sizeBytes = 0;

  constructor(
    private readonly call: ApiCall,
    private readonly storage: StorageState,
  ) {}

  grow(bytes: number): void {
    this.sizeBytes += bytes;
    storageSpace(this.storage, this.call.node.name).otherUsedBytes += bytes;
  }

  remove(): void {
    this.grow(-this.sizeBytes);
  }
}

/** A file of that name is there: only the right one will do. */
async function compareExisting(
  call: ApiCall,
  worker: TaskWorker,
  { checksum, algorithm, storage }: DownloadWish,
  existing: VolumeState,
): Promise<void> {
  if (checksum === undefined)
    fail(`refusing to override existing file '${volumePath(storage, existing.volid)}'`);
  await worker.sleep(existing.sizeBytes / call.cluster.network.diskBytesPerSecond);
  const got = checksumOf(existing.file?.checksums ?? checksumsOf(existing.volid), algorithm);
  if (got === checksum.toLowerCase()) {
    worker.log('calculating checksum of existing file...OK, got correct file already, no need to download');
    return;
  }
  worker.log('calculating checksum of existing file...');
  fail(`checksum mismatch: got '${got}' != expect '${checksum}', aborting`);
}

async function verifyChecksum(
  call: ApiCall,
  worker: TaskWorker,
  { checksum, algorithm }: DownloadWish,
  file: FileFacts,
): Promise<void> {
  if (checksum === undefined) return;
  await worker.sleep(file.sizeBytes / call.cluster.network.diskBytesPerSecond);
  const got = checksumOf(file.checksums, algorithm);
  if (got === checksum.toLowerCase()) {
    worker.log('calculating checksum...OK, checksum verified');
    return;
  }
  worker.log('calculating checksum...');
  fail(`checksum mismatch: got '${got}' != expect '${checksum}'`);
}

function checksumOf(checksums: FileFacts['checksums'], algorithm: string | undefined): string {
  return checksums[checksumAlgorithms.find((known) => known === algorithm) ?? 'sha256'];
}
